import { getEventListeners } from 'node:events';
import { consulStarter, eventually, findConsul, openHandles, type ConsulAgent } from '@skerry-private/test-kit';
import { Clock, ManualClock, Registry, SystemClock, type NodeRecord } from '@skerry/core';
import type { ConsulOptions } from '../consul-options.js';
import { ConsulRegistryDriver } from './consul-registry.js';
import { record } from './fixtures/record.js';

const consul = await findConsul();
const never = new AbortController().signal;
const named = (name: string): NodeRecord => ({ ...record, id: `orders-${name}` });
const ids = (nodes: readonly NodeRecord[]): string[] => nodes.map(({ id }) => id).sort();

(consul ? describe : describe.skip)('watching services in Consul', () => {
  const startConsul = consulStarter(afterAll, consul);
  let agent: ConsulAgent;
  const opened: ConsulRegistryDriver[] = [];
  const open = (options: ConsulOptions = {}, clock: Clock = new SystemClock()): ConsulRegistryDriver => {
    const driver = new ConsulRegistryDriver(clock, { url: agent.url, ...options }, {});
    opened.push(driver);
    return driver;
  };

  beforeAll(async () => {
    agent = await startConsul({ persistent: true });
  }, 60_000);

  afterEach(async () => {
    for (const driver of opened.splice(0)) await driver.close();
  });

  test('is lost when the servers’ index goes back; the next one has what there is then', async () => {
    const driver = open();
    let seen: readonly NodeRecord[] = [];
    await driver.register(named('a'), never);
    await eventually(async () => expect(await driver.lookup('orders', never)).toHaveLength(1));
    const snapshot = await (await fetch(`${agent.url}/v1/snapshot`)).arrayBuffer();
    const stop = new AbortController();
    let losses = 0;
    const keepWatched = async (): Promise<void> => {
      while (!stop.signal.aborted) {
        await driver
          .watch('orders', (nodes) => (seen = nodes), stop.signal)
          .catch((error: unknown) => {
            expect(String(error)).toMatch(/lost their history: index \d+ came after \d+/);
            losses++;
          });
      }
    };
    const watch = keepWatched();
    for (const name of ['b', 'c', 'd']) await driver.register(named(name), never);
    await eventually(() => expect(ids(seen)).toEqual(['orders-a', 'orders-b', 'orders-c', 'orders-d']));
    // The servers forget all but the first; the agent has the others still, and brings them back after a while.
    await eventually(
      async () => {
        await fetch(`${agent.url}/v1/snapshot`, { method: 'PUT', body: snapshot });
        await eventually(() => expect(ids(seen)).toEqual(['orders-a']), { withinMs: 500 });
      },
      { withinMs: 10_000 },
    );
    await driver.register(named('e'), never);
    await eventually(() => expect(ids(seen)).toContain('orders-e'));
    expect(losses).toBeGreaterThan(0);
    stop.abort();
    await watch;
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  });

  test('a registry shows what there is after the agent lost all and came back on the same port', async () => {
    const clock = new SystemClock();
    const registry = new Registry(open(), clock, { relistMs: 60_000, ttlMs: 4_000, intervalMs: 1_000 });
    const view = registry.service('payments');
    const mine = registry.register({ ...record, service: 'payments', id: 'payments-1' });
    await mine.ready;
    await eventually(() => expect(ids(view.nodes)).toEqual(['payments-1']));
    const { epoch } = mine.node;
    await agent.restart(false);
    await eventually(() => expect(mine.node.epoch).toBeGreaterThan(epoch), { withinMs: 10_000 });
    await eventually(() => expect(view.nodes).toEqual([mine.node]), { withinMs: 10_000 });
    await registry.close();
  });

  test('a frozen agent ends every call by its signal, and a watch by the clock', async () => {
    const clock = new ManualClock();
    const begin = clock.now();
    const driver = open({ waitMs: 10_000 }, clock);
    const watch = driver.watch('orders', () => undefined, never).catch((error: unknown) => error as Error);
    await driver.register(named('a'), never);
    agent.freeze();
    try {
      const patience = new AbortController();
      const calls = [
        driver.register(named('b'), patience.signal),
        driver.deregister(named('a'), patience.signal),
        driver.lookup('orders', patience.signal),
        driver.services(patience.signal),
      ].map((call) => call.catch((error: unknown) => (error as Error).message));
      patience.abort(new Error('no more patience'));
      expect(await Promise.all(calls)).toEqual(Array.from({ length: 4 }, () => 'no more patience'));
      expect(getEventListeners(patience.signal, 'abort')).toEqual([]);
      await eventually(async () => {
        // Pauses between questions are the clock's too.
        await clock.advance(1_000);
        const ended = await Promise.race([watch, clock.settle().then(() => undefined)]);
        expect(ended).toMatchObject({ message: expect.stringMatching(/did not answer within \d+ ms/) });
      });
      expect(clock.now() - begin).toBeLessThan(40_000);
    } finally {
      agent.thaw();
    }
    await driver.lookup('orders', never);
  });

  test('more services than connections are all watched, in turns, and calls have theirs', async () => {
    const driver = open({ maxWatches: 2, waitMs: 4_000 });
    const stop = new AbortController();
    const services = ['one', 'two', 'three', 'four', 'five'];
    const seen = new Map<string, number>();
    const watches = services.map((service) =>
      driver.watch(service, (nodes) => seen.set(service, nodes.length), stop.signal),
    );
    await Promise.all(services.map((service) => driver.register({ ...record, service, id: `${service}-1` }, never)));
    await eventually(() => expect([...seen.values()]).toEqual([1, 1, 1, 1, 1]), { withinMs: 10_000 });
    stop.abort();
    await Promise.all(watches);
  });

  test('closing ends watches and calls, and leaves nothing open', async () => {
    const before = openHandles();
    const driver = new ConsulRegistryDriver(new SystemClock(), { url: agent.url }, {});
    let reports = 0;
    const watches = ['orders', 'payments'].map((service) => driver.watch(service, () => reports++, never));
    await eventually(() => expect(reports).toBeGreaterThanOrEqual(2));
    const call = driver.lookup('orders', never).catch((error: unknown) => (error as Error).message);
    await driver.close();
    await Promise.all(watches);
    expect(await call).toContain('closed');
    await expect(driver.lookup('orders', never)).rejects.toThrow('closed');
    await before.nothingMore();
    expect(getEventListeners(never, 'abort')).toEqual([]);
  });
});
