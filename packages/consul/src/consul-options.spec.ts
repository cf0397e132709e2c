import { resolveConsulOptions, type ConsulOptions } from './consul-options.js';

const url = (options: ConsulOptions, env = {}): string => resolveConsulOptions(options, env).url.href;

test('the agent is the one of this machine, of the environment, or the one that was named', () => {
  expect(url({})).toBe('http://127.0.0.1:8500/');
  expect(url({}, { CONSUL_HTTP_ADDR: '10.0.0.1:8500' })).toBe('http://10.0.0.1:8500/');
  expect(url({}, { CONSUL_HTTP_ADDR: 'agent:8501', CONSUL_HTTP_SSL: 'true' })).toBe('https://agent:8501/');
  expect(url({}, { CONSUL_HTTP_ADDR: '' })).toBe('http://127.0.0.1:8500/');
  expect(url({ url: 'https://agent/consul' }, { CONSUL_HTTP_ADDR: 'http://other' })).toBe('https://agent/consul');
});

test('the token is the one of the environment, or the one that was given', () => {
  const env = { CONSUL_HTTP_TOKEN: 'of the environment' };
  expect(resolveConsulOptions({}, {}).token).toBeUndefined();
  expect(resolveConsulOptions({}, env).token).toBe('of the environment');
  expect(resolveConsulOptions({ token: 'given' }, env).token).toBe('given');
});

test.each<[string, ConsulOptions]>([
  ['consistency', { consistency: 'fresh' as 'stale' }],
  ['waitMs', { waitMs: 0 }],
  ['waitMs', { waitMs: Number.NaN }],
  ['maxWatches', { maxWatches: 0.5 }],
  ['cert', { url: 'https://agent', tls: { cert: 'alone' } }],
  ['https', { url: 'http://agent', tls: { ca: 'a certificate' } }],
  ['url', { url: 'unix:///run/consul.sock' }],
  ['url', { url: '' }],
])('an option that cannot work is named: %s', (named, options) => {
  expect(() => resolveConsulOptions(options, {})).toThrow(
    expect.objectContaining({ code: 'SKERRY_OPTION_INVALID', message: expect.stringContaining(named) }),
  );
});

test('a URL that is refused is not shown: it may hold a password', () => {
  expect(() => resolveConsulOptions({}, { CONSUL_HTTP_ADDR: 'ftp://me:secret@agent' })).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('secret') }),
  );
});
