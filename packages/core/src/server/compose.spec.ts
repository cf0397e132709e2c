import { ManualClock } from '../clock/manual-clock.js';
import { Context } from '../context/context.js';
import type { Guard, HandlerCall, Interceptor } from '../service/pipeline.js';
import { compose, composeErrors } from './compose.js';

const about = { service: 'greeter', handler: 'hello', kind: 'unary' } as const;
const context = new Context(new ManualClock(), { deadline: Infinity });
const none = { guards: [], interceptors: [], errorMappers: [] };

const handle = (request: unknown): unknown => `handled ${String(request)}`;
const allowing: Guard = { allows: () => true };
const slowly: Guard = { allows: async () => true };
const through: Interceptor = { intercept: (_call: HandlerCall, next: () => unknown) => next() };

describe('a composed pipeline', () => {
  test('is the handler itself where nothing stands before it', () => {
    expect(compose(handle, none, about)).toBe(handle);
    expect(composeErrors(none, about)).toBeUndefined();
  });

  test('answers in the same turn where nothing in it is asynchronous', () => {
    const composed = compose(
      handle,
      { ...none, guards: [allowing, allowing], interceptors: [through, through] },
      about,
    );
    expect(composed('x', context)).toBe('handled x');
  });

  test('waits for what is asynchronous, and for that alone', async () => {
    const ran: string[] = [];
    const noting: Guard = { allows: () => ran.push('after') > 0 };
    const composed = compose(handle, { ...none, guards: [slowly, noting], interceptors: [through] }, about);
    const result = composed('x', context);
    expect(ran).toEqual([]);
    await expect(result).resolves.toBe('handled x');
    expect(ran).toEqual(['after']);
  });

  test('throws in the same turn what a guard refuses', () => {
    const composed = compose(handle, { ...none, guards: [{ allows: () => false }] }, about);
    expect(() => composed('x', context)).toThrow(expect.objectContaining({ code: 'SKERRY_RPC_DENIED' }));
  });
});
