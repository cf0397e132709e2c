import type { Binding } from './binding.js';
import { Container } from './container.js';
import { bind, failure, started } from './fixtures/bind.js';

/** Resolves by hand: no test waits for time. */
function gate<T>(): { opened: Promise<T>; open: (value: T) => void; fail: (error: unknown) => void } {
  let open!: (value: T) => void;
  let fail!: (error: unknown) => void;
  const opened = new Promise<T>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { opened, open, fail };
}

describe('creating singletons', () => {
  test('happens once each, in the given order, with what they need', async () => {
    const calls: string[] = [];
    const dsn = bind('dsn', () => calls.push('dsn') && 'redis:');
    const store = bind('Store', (url: string) => calls.push('Store') && { url }, [dsn]);
    const orders = bind('Orders', (...needs: unknown[]) => calls.push('Orders') && needs, [store, dsn, store]);
    const container = await started(dsn, store, orders);
    expect(calls).toEqual(['dsn', 'Store', 'Orders']);
    expect(container.get(orders.id)).toEqual([{ url: 'redis:' }, 'redis:', { url: 'redis:' }]);
    expect(container.created.map(({ binding }) => binding.label)).toEqual(['dsn', 'Store', 'Orders']);
    expect(container.created[1]!.instance).toBe(container.get(store.id));
  });

  test('waits for those that are made asynchronously before it makes who needs them', async () => {
    const connection = gate<string>();
    const calls: string[] = [];
    const store = bind('Store', () => connection.opened);
    const orders = bind('Orders', (given: string) => calls.push(given), [store]);
    const container = new Container([store, orders]);
    const done = container.createSingletons();
    expect(calls).toEqual([]);
    connection.open('connected');
    await done;
    expect(calls).toEqual(['connected']);
    expect(container.get(store.id)).toBe('connected');
  });

  test('passes on values that are nothing', async () => {
    const nothing = bind('nothing', () => undefined);
    const zero = bind('zero', () => 0);
    const all = bind('all', (...given: unknown[]) => given, [nothing, zero, { kind: 'absent' }, nothing]);
    expect((await started(nothing, zero, all)).get(all.id)).toEqual([undefined, 0, undefined, undefined]);
  });

  test('does not take an instance with a method `then` for a promise', async () => {
    const query = { then: () => expect(true).toBe(false) };
    const builder = bind('QueryBuilder', () => query);
    const owner = bind('Owner', (given: unknown) => ({ given }), [builder]);
    const container = await started(builder, owner);
    expect(container.get(builder.id)).toBe(query);
    expect(container.get(owner.id)).toEqual({ given: query });
  });

  test('works for a chain that is longer than the call stack', async () => {
    const chain: Binding[] = [];
    for (let i = 0; i < 5_000; i++) chain.push(bind(`link ${i}`, (before = 0) => before + 1, chain.slice(-1)));
    const container = await started(...chain);
    expect(container.get(chain.at(-1)!.id)).toBe(5_000);
  });
});

describe('dependencies', () => {
  test('on several get them as an array, in order', async () => {
    const [one, two] = [bind('one', () => 1), bind('two', () => 2)];
    const all = bind('all', (...given: unknown[]) => given, [one, { kind: 'many', ids: [two.id, one.id] }, two]);
    expect((await started(one, two, all)).get(all.id)).toEqual([1, [2, 1], 2]);
  });

  test('on something derived get what it makes of its source', async () => {
    const clients = bind('Clients', () => ({ of: (name: string) => `client of ${name}` }));
    const derive = (source: { of(name: string): string }) => source.of('stock');
    const orders = bind('Orders', (client: string) => client, [
      { kind: 'derived', of: { kind: 'one', id: clients.id }, derive },
    ]);
    expect((await started(clients, orders)).get(orders.id)).toBe('client of stock');
  });

  test('on transients get a new one each', async () => {
    let count = 0;
    const ticket = bind('Ticket', () => ++count, [], 'transient');
    const pair = bind('pair', (...given: unknown[]) => given, [ticket, ticket]);
    const container = await started(ticket, pair);
    expect(container.get(pair.id)).toEqual([1, 2]);
    expect(container.get(ticket.id)).toBe(3);
    expect(container.created.map(({ binding }) => binding.label)).toEqual(['pair']);
  });
});

describe('a failure', () => {
  test.each([
    [
      'throws',
      () => {
        throw new Error('no route');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no route'))],
  ])('of what %s is wrapped once, with its label and cause', async (_, create) => {
    const store = bind('Store', create);
    const orders = bind('Orders', () => ({}), [store]);
    const error = await failure(() => started(store, orders));
    expect(error.code).toBe('SKERRY_DI_CREATE_FAILED');
    expect(error.message).toBe('Cannot create Store: no route');
    expect(error.cause).toEqual(new Error('no route'));
  });

  test('keeps what was thrown when that is no error', async () => {
    const error = await failure(() => started(bind('Store', () => Promise.reject('no route'))));
    expect(error).toMatchObject({ message: 'Cannot create Store: no route', cause: 'no route' });
  });

  test('leaves a list of what exists and wants to be released', async () => {
    const first = bind('first', () => ({}));
    const second = bind('second', () => Promise.resolve({}));
    const third = bind('third', () => {
      throw new Error('no');
    });
    const fourth = bind('fourth', () => ({}));
    const container = new Container([first, second, third, fourth]);
    await failure(() => container.createSingletons());
    expect(container.created.map(({ binding }) => binding.label)).toEqual(['first', 'second']);
  });

  test('of what one asks for in a constructor is not explained once per storey', async () => {
    const broken = bind(
      'Broken',
      () => {
        throw new Error('no');
      },
      [],
      'transient',
    );
    const owner = bind('Owner', () => container.get(broken.id));
    const container: Container = new Container([broken, owner]);
    const error = await failure(() => container.createSingletons());
    expect(error.message).toBe('Cannot create Broken: no');
  });

  test('of a derivation belongs to who asks for it', async () => {
    const source = bind('Source', () => ({}));
    const derive = () => {
      throw new Error('no');
    };
    const owner = bind('Owner', () => ({}), [{ kind: 'derived', of: { kind: 'one', id: source.id }, derive }]);
    expect((await failure(() => started(source, owner))).message).toBe('Cannot create Owner: no');
  });

  test('is what a transient gets that is made asynchronously, and its own rejection does no harm', async () => {
    const ticket = bind('Ticket', () => Promise.reject(new Error('late')), [], 'transient');
    const container = await started(ticket);
    const error = await failure(() => container.get(ticket.id));
    expect(error.code).toBe('SKERRY_DI_CREATE_FAILED');
    expect(error.message).toMatch(/^Cannot create Ticket: a transient provider cannot be asynchronous/);
  });
});

describe('asking before everything is created', () => {
  test('creates the singleton, which is listed and not created again', async () => {
    let count = 0;
    const clock = bind('Clock', () => ++count);
    const timer = bind('Timer', (ticks: number) => ({ ticks }), [clock]);
    const broken = bind('Broken', () => {
      throw new Error('no');
    });
    const container = new Container([broken, clock, timer]);
    expect(container.get(timer.id)).toEqual({ ticks: 1 });
    await failure(() => container.createSingletons());
    expect(container.created.map(({ binding }) => binding.label)).toEqual(['Clock', 'Timer']);
    expect(count).toBe(1);
  });

  test('is refused for what is being created', async () => {
    const self = bind('Self', () => container.get(self.id));
    const container: Container = new Container([self]);
    const error = await failure(() => container.createSingletons());
    expect(error).toMatchObject({ code: 'SKERRY_DI_NOT_READY', message: expect.stringContaining('Self') as string });
  });

  test('is refused for what is created asynchronously, and for what needs it, until it is there', async () => {
    const connection = gate<string>();
    const store = bind('Store', () => connection.opened);
    const orders = bind('Orders', (given: string) => ({ given }), [store]);
    const container = new Container([store, orders]);
    expect(await failure(() => container.get(store.id))).toMatchObject({ code: 'SKERRY_DI_NOT_READY' });
    expect(await failure(() => container.get(orders.id))).toMatchObject({ code: 'SKERRY_DI_NOT_READY' });
    const done = container.createSingletons();
    connection.open('connected');
    await done;
    expect(container.get(orders.id)).toEqual({ given: 'connected' });
  });

  test('of what then fails asynchronously leaves no rejection that nobody handles', async () => {
    const connection = gate<string>();
    const store = bind('Store', () => connection.opened);
    const container = new Container([store]);
    await failure(() => container.get(store.id));
    connection.fail(new Error('no route'));
    // Time enough for a rejection that nobody handles to be noticed.
    await new Promise((resolve) => setImmediate(resolve));
    expect((await failure(() => container.createSingletons())).message).toBe('Cannot create Store: no route');
    expect(container.created).toEqual([]);
  });
});

test('two containers never see each other', async () => {
  const store = bind('Store', () => ({}));
  const [one, other] = [await started(store), await started(store)];
  expect(one.get(store.id)).not.toBe(other.get(store.id));
});
