import { ManualClock } from '../clock/manual-clock.js';
import { SkerryError } from '../errors/skerry-error.js';
import { Context } from './context.js';

const clock = new ManualClock();
const reason = new SkerryError('SKERRY_RPC_CANCELLED', 'the caller gave up');
const another = new SkerryError('SKERRY_RPC_DEADLINE_EXCEEDED', 'too late');

function context(options: Partial<ConstructorParameters<typeof Context>[1]> = {}): Context {
  return new Context(clock, { deadline: clock.now() + 1_000, ...options });
}

describe('a context', () => {
  test('has a trace and a span of its own where the caller sent none', () => {
    const [one, two] = [context(), context()];
    expect(one.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(one.spanId).toMatch(/^[0-9a-f]{16}$/);
    expect(one.traceId).not.toBe(two.traceId);
    expect(one).toMatchObject({ metadata: {}, operation: '' });
    expect(one.caller).toBeUndefined();
  });

  test('carries what the caller sent', () => {
    const sent = {
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      caller: { service: 'orders', node: 'orders-1' },
      metadata: { tenant: 'acme' },
      operation: 'stock.reserve',
    };
    expect(context(sent)).toMatchObject(sent);
  });

  test('counts down to its deadline, and not below zero', async () => {
    const { deadline } = context();
    const ctx = context({ deadline });
    expect(ctx.remainingMs).toBe(1_000);
    await clock.advance(250.5);
    expect(ctx.remainingMs).toBe(749.5);
    await clock.advance(5_000);
    expect(ctx.remainingMs).toBe(0);
  });
});

describe('cancelling', () => {
  test('happens once: the first reason stays', () => {
    const ctx = context();
    const heard: SkerryError[] = [];
    ctx.onCancel((why) => heard.push(why));
    expect(ctx.cancelled).toBeUndefined();
    ctx.cancel(reason);
    ctx.cancel(another);
    expect(ctx.cancelled).toBe(reason);
    expect(heard).toEqual([reason]);
  });

  test('tells those who listen later at once', () => {
    const ctx = context();
    ctx.cancel(reason);
    const heard: SkerryError[] = [];
    const undo = ctx.onCancel((why) => heard.push(why));
    expect(heard).toEqual([reason]);
    expect(undo).not.toThrow();
  });

  test('does not tell those who stopped listening, not even in the middle of telling', () => {
    const ctx = context();
    const heard: string[] = [];
    const undo = ctx.onCancel(() => heard.push('first'));
    ctx.onCancel(() => {
      heard.push('second');
      undoThird();
    });
    const undoThird = ctx.onCancel(() => heard.push('third'));
    undo();
    undo();
    ctx.cancel(reason);
    expect(heard).toEqual(['second']);
  });

  test('a listener that throws harms no other, and is not hidden', () => {
    const ctx = context();
    const mistake = new Error('a mistake of the listener');
    const heard: SkerryError[] = [];
    ctx.onCancel(() => {
      throw mistake;
    });
    ctx.onCancel((why) => heard.push(why));
    const later = ticksOf(() => ctx.cancel(reason));
    expect(heard).toEqual([reason]);
    expect(later).toHaveLength(1);
    expect(later[0]).toThrow(mistake);
  });
});

describe('the deadline', () => {
  test.each<[string, (ctx: Context) => unknown]>([
    ['the signal', (ctx) => ctx.signal],
    ['a listener', (ctx) => ctx.onCancel(() => undefined)],
  ])('cancels the work by itself once %s is there to be told', async (_who, look) => {
    const ctx = context({ operation: 'stock.reserve' });
    look(ctx);
    await clock.advance(999);
    expect(ctx.cancelled).toBeUndefined();
    await clock.advance(1);
    expect(ctx.cancelled).toMatchObject({ code: 'SKERRY_RPC_DEADLINE_EXCEEDED' });
    expect(ctx.cancelled!.message).toContain('stock.reserve');
  });

  test('costs no timer while nobody looks, one however many look, and none when the work is over', () => {
    const before = clock.pendingTimers;
    const [cancelled, finished] = [context(), context()];
    expect(clock.pendingTimers).toBe(before);
    for (const ctx of [cancelled, finished]) {
      ctx.onCancel(() => undefined);
      ctx.onCancel(() => undefined);
      expect(ctx.signal.aborted).toBe(false);
    }
    expect(clock.pendingTimers).toBe(before + 2);
    cancelled.cancel(reason);
    finished.finish();
    expect(clock.pendingTimers).toBe(before);
  });

  test('of work that is finished cancels nothing, nor does anybody else', async () => {
    const ctx = context();
    const heard: SkerryError[] = [];
    ctx.onCancel((why) => heard.push(why));
    const { signal } = ctx;
    ctx.finish();
    ctx.cancel(reason);
    await clock.advance(5_000);
    expect(heard).toEqual([]);
    expect(signal.aborted).toBe(false);
    expect(ctx.cancelled).toBeUndefined();
  });
});

describe('the signal', () => {
  test('aborts with the reason, whether it is read before or after', () => {
    const [before, after] = [context(), context()];
    const { signal } = before;
    expect(signal.aborted).toBe(false);
    expect(before.signal).toBe(signal);
    before.cancel(reason);
    after.cancel(reason);
    for (const each of [signal, after.signal]) expect(each).toMatchObject({ aborted: true, reason });
  });

  test('is not created for those who never look', () => {
    const original = globalThis.AbortController;
    let created = 0;
    globalThis.AbortController = class extends original {
      constructor() {
        super();
        created++;
      }
    };
    try {
      const ctx = context();
      ctx.onCancel(() => undefined);
      ctx.cancel(reason);
      expect(created).toBe(0);
      expect(ctx.signal.aborted).toBe(true);
      expect(created).toBe(1);
    } finally {
      globalThis.AbortController = original;
    }
  });
});

describe('the current context', () => {
  test('is that of the work around, across awaits, timers and concurrent work', async () => {
    const [one, two] = [context(), context()];
    const seen = async (ctx: Context): Promise<(Context | undefined)[]> => {
      const at = [Context.current()];
      await Promise.resolve();
      at.push(Context.current());
      await new Promise((resolve) => setImmediate(resolve));
      at.push(Context.current());
      await Promise.all([clock.sleep(0).then(() => at.push(Context.current())), clock.advance(1)]);
      expect(at).toEqual([ctx, ctx, ctx, ctx]);
      return at;
    };
    await Promise.all([one.run(() => seen(one)), two.run(() => seen(two))]);
    expect(Context.current()).toBeUndefined();
  });

  test('is the inner one inside, and the outer one again behind', () => {
    const [outer, inner] = [context(), context()];
    outer.run(() => {
      expect(inner.run(() => Context.current())).toBe(inner);
      expect(Context.current()).toBe(outer);
    });
  });

  test('is left behind by an error too', () => {
    expect(() =>
      context().run(() => {
        throw reason;
      }),
    ).toThrow(reason);
    expect(Context.current()).toBeUndefined();
  });
});

/** What `work` put off to the next tick, where an error would end the process. */
function ticksOf(work: () => void): (() => void)[] {
  const original = process.nextTick;
  const ticks: (() => void)[] = [];
  process.nextTick = (callback: () => void) => void ticks.push(callback);
  try {
    work();
  } finally {
    process.nextTick = original;
  }
  return ticks;
}
