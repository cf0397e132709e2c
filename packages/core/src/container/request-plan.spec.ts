import { SystemClock } from '../clock/system-clock.js';
import { Context } from '../context/context.js';
import { SkerryError } from '../errors/skerry-error.js';
import type { Binding } from './binding.js';
import { bind, failure, lazily, started } from './fixtures/bind.js';
import type { Lazy } from './lazy.js';

const clock = new SystemClock();

function inRequest<T>(work: () => T, context = new Context(clock, { deadline: Infinity })): T {
  return context.run(work);
}

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    return SkerryError.is(error) ? `${error.code} ${error.message}` : String(error);
  }
  return undefined;
}

/** Counts what it makes. */
function counted(label: string, dependencies: readonly Binding[] = [], scope: Binding['scope'] = 'request') {
  const made: unknown[][] = [];
  const binding = bind(
    label,
    (...given: unknown[]) => made.push(given) && { label, number: made.length, given },
    dependencies,
    scope,
  );
  return { binding, made };
}

describe('what lives for one request', () => {
  test('is made once for each request that uses it, and shared in it', async () => {
    const user = counted('CurrentUser');
    const orders = counted('Orders', [user.binding]);
    const mail = counted('Mail', [user.binding, orders.binding]);
    const container = await started(user.binding, orders.binding, mail.binding);
    expect(user.made).toHaveLength(0);
    for (const round of [1, 2]) {
      inRequest(() => {
        const first = container.get(mail.binding.id);
        expect(container.get(mail.binding.id)).toBe(first);
        expect(first).toMatchObject({ given: [container.get(user.binding.id), container.get(orders.binding.id)] });
      });
      expect([user, orders, mail].map(({ made }) => made.length)).toEqual([round, round, round]);
    }
  });

  test('stays the same across everything asynchronous that the request does', async () => {
    const user = counted('CurrentUser');
    const container = await started(user.binding);
    const ask = async () => {
      const before = container.get(user.binding.id);
      await new Promise((resolve) => process.nextTick(resolve));
      return [before, container.get(user.binding.id)];
    };
    const [[a, b], [c, d]] = (await Promise.all([inRequest(ask), inRequest(ask)])) as [unknown[], unknown[]];
    expect(a).toBe(b);
    expect(c).toBe(d);
    expect(a).not.toBe(c);
  });

  test('uses the singletons that exist, and makes nothing that nobody asks for', async () => {
    const store = counted('Store', [], 'singleton');
    const user = counted('CurrentUser', [store.binding]);
    const unused = counted('Unused');
    const container = await started(store.binding, user.binding, unused.binding);
    const given = inRequest(() => container.get(user.binding.id)) as { given: unknown[] };
    expect(given.given[0]).toBe(container.get(store.binding.id));
    expect(store.made).toHaveLength(1);
    expect(unused.made).toHaveLength(0);
  });

  test('cannot be had outside of a request', async () => {
    const user = counted('CurrentUser');
    const container = await started(user.binding);
    expect(codeOf(() => container.get(user.binding.id))).toMatch(
      /^SKERRY_DI_NO_REQUEST Cannot give CurrentUser outside of a request/,
    );
  });

  test('does not list its instances among the singletons', async () => {
    const user = counted('CurrentUser');
    const container = await started(user.binding);
    inRequest(() => container.get(user.binding.id));
    expect(container.created).toEqual([]);
    expect(container.isRequestScoped(user.binding.id)).toBe(true);
  });

  test('is not confused by a second container in the same request', async () => {
    const user = counted('CurrentUser');
    const [one, other] = [await started(user.binding), await started(user.binding)];
    inRequest(() => {
      const first = one.get(user.binding.id);
      const second = other.get(user.binding.id);
      expect(first).not.toBe(second);
      expect(one.get(user.binding.id)).toBe(first);
      expect(other.get(user.binding.id)).toBe(second);
    });
  });

  test('needs no inversify container of its own for each request', async () => {
    const user = counted('CurrentUser');
    const container = await started(user.binding);
    const context = new Context(clock, { deadline: Infinity });
    inRequest(() => container.get(user.binding.id), context);
    expect(context.requestScope).toEqual({
      owner: container,
      slots: [expect.objectContaining({ label: 'CurrentUser' })],
    });
  });
});

describe('transients in a request', () => {
  test('belong to the request when they hold something of it, and are new for each who asks', async () => {
    const user = counted('CurrentUser');
    const form = counted('Form', [user.binding], 'transient');
    const orders = counted('Orders', [form.binding, form.binding]);
    const container = await started(user.binding, form.binding, orders.binding);
    expect(container.isRequestScoped(form.binding.id)).toBe(true);
    const { given } = inRequest(() => container.get(orders.binding.id)) as {
      given: { number: number; given: unknown[] }[];
    };
    expect(given.map(({ number }) => number)).toEqual([1, 2]);
    expect(given[0]!.given[0]).toBe(given[1]!.given[0]);
    expect(codeOf(() => container.get(form.binding.id))).toMatch('SKERRY_DI_NO_REQUEST');
  });

  test('are ordinary ones when they hold nothing of it', async () => {
    const ticket = counted('Ticket', [], 'transient');
    const orders = counted('Orders', [ticket.binding, ticket.binding]);
    const container = await started(ticket.binding, orders.binding);
    expect(container.isRequestScoped(ticket.binding.id)).toBe(false);
    inRequest(() => container.get(orders.binding.id));
    expect(ticket.made).toHaveLength(2);
  });
});

describe('what is made asynchronously for a request', () => {
  function asynchronous() {
    let count = 0;
    const session = bind('Session', () => Promise.resolve({ number: ++count }), [], 'request');
    const orders = bind('Orders', (given: unknown) => ({ given }), [session], 'request');
    const mail = bind('Mail', (...given: unknown[]) => given, [session, orders], 'request');
    return { session, orders, mail, bindings: [session, orders, mail] };
  }

  test('is shared by all who need it, and they wait for it', async () => {
    const { session, mail, bindings } = asynchronous();
    const container = await started(...bindings);
    await inRequest(async () => {
      const [given, orders] = (await container.get(mail.id)) as [unknown, { given: unknown }];
      expect(given).toEqual({ number: 1 });
      expect(orders.given).toBe(given);
      expect(container.get(session.id)).toBe(given);
    });
  });

  test('is a promise until it is there, also by a lazy reference', async () => {
    const { session, bindings } = asynchronous();
    const derive = (each: { number: number }) => each.number;
    const number = { kind: 'derived', of: { kind: 'one', id: session.id }, derive } as const;
    const owner = bind('Owner', (...given: unknown[]) => given, [
      lazily(session),
      { kind: 'lazy', of: number, label: 'number' },
    ]);
    const container = await started(...bindings, owner);
    const [whole, derived] = container.get(owner.id) as [Lazy<unknown>, Lazy<unknown>];
    await inRequest(async () => {
      const early = derived.get();
      expect(early).toBeInstanceOf(Promise);
      expect(await early).toBe(1);
      expect(derived.get()).toBe(1);
      expect(whole.get()).toEqual({ number: 1 });
    });
  });

  test('fails for all who wait, wrapped once, and is tried again by who asks later', async () => {
    let attempts = 0;
    const session = bind(
      'Session',
      () => (++attempts === 1 ? Promise.reject(new Error('no')) : Promise.resolve('there')),
      [],
      'request',
    );
    const orders = bind('Orders', () => ({}), [session], 'request');
    const container = await started(session, orders);
    await inRequest(async () => {
      const outcomes = await Promise.allSettled([container.get(orders.id), container.get(session.id)]);
      for (const outcome of outcomes) {
        expect(outcome).toMatchObject({
          reason: { code: 'SKERRY_DI_CREATE_FAILED', message: 'Cannot create Session: no' },
        });
      }
      expect(await container.get(session.id)).toBe('there');
    });
  });
});

describe('a failing constructor', () => {
  test('fails the request that asked, wrapped once, and not the next one', async () => {
    let attempts = 0;
    const user = bind(
      'CurrentUser',
      () => {
        if (++attempts === 1) throw new Error('no');
        return 'Ada';
      },
      [],
      'request',
    );
    const orders = bind('Orders', (given: unknown) => given, [user], 'request');
    const container = await started(user, orders);
    inRequest(() => {
      expect(codeOf(() => container.get(orders.id))).toBe('SKERRY_DI_CREATE_FAILED Cannot create CurrentUser: no');
      expect(container.get(orders.id)).toBe('Ada');
    });
  });

  test('asking for itself through a lazy reference is told that it is not ready', async () => {
    const ids = { b: Symbol('B') };
    const a = bind('A', (later: Lazy<unknown>) => later.get(), [lazily({ id: ids.b, label: 'B' })], 'request');
    const b = { ...bind('B', () => ({}), [a], 'request'), id: ids.b };
    const container = await started(a, b);
    inRequest(() => {
      expect(codeOf(() => container.get(a.id))).toMatch(/^SKERRY_DI_NOT_READY Cannot give A yet/);
    });
  });
});

describe('a singleton that uses something of a request lazily', () => {
  test('gets the running request’s each time', async () => {
    const user = counted('CurrentUser');
    const audit = bind('Audit', (given: Lazy<unknown>) => given, [lazily(user.binding)]);
    const container = await started(user.binding, audit);
    const lazy = container.get(audit.id) as Lazy<{ number: number }>;
    expect([inRequest(() => lazy.get().number), inRequest(() => lazy.get().number)]).toEqual([1, 2]);
    expect(codeOf(() => lazy.get())).toMatch('SKERRY_DI_NO_REQUEST');
  });

  test('cannot use it in a constructor before the singletons that it needs exist', async () => {
    const ids = { user: Symbol('CurrentUser') };
    const audit = bind('Audit', (given: Lazy<unknown>) => given.get(), [
      lazily({ id: ids.user, label: 'CurrentUser' }),
    ]);
    const user = { ...bind('CurrentUser', () => ({}), [audit], 'request'), id: ids.user };
    const error = await inRequest(() => failure(() => started(audit, user)));
    expect(error).toMatchObject({
      code: 'SKERRY_DI_NOT_READY',
      message: expect.stringContaining('to Audit') as string,
    });
  });
});
