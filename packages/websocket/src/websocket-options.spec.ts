import { resolveWebSocketOptions, type WebSocketOptions } from './websocket-options.js';

test('what is left out has its default, also where it is undefined', () => {
  expect(resolveWebSocketOptions({ path: undefined, timeoutMs: 10 })).toMatchObject({ path: '/ws', timeoutMs: 10 });
});

test.each<[string, object]>([
  ['path', { path: 'ws' }],
  ['path', { path: '/ws?x' }],
  ['origins', { origins: 'https://shop.example' }],
  ['https://shop.example/', { origins: ['https://shop.example/'] }],
  ['jsonRpc', { jsonRpc: 'yes' }],
  ['timeoutMs', { timeoutMs: 0 }],
  ['maxCalls', { maxCalls: 1.5 }],
  ['idleMs', { idleMs: Infinity }],
  ['idleSecs', { idleSecs: 30 }],
])('refuses a %s that cannot work', (name, options) => {
  expect(() => resolveWebSocketOptions(options as WebSocketOptions)).toThrow(
    expect.objectContaining({ code: 'SKERRY_OPTION_INVALID', message: expect.stringContaining(name) }),
  );
});
