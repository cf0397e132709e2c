import { eventually } from '@skerry-private/test-kit';
import type { Client } from '../client/client.js';
import { ManualClock } from '../clock/manual-clock.js';
import { Injectable } from '../container/injectable.js';
import { Context } from '../context/context.js';
import { SkerryError } from '../errors/skerry-error.js';
import { Module } from '../module/module.js';
import { NodeFilter } from '../selector/filter.js';
import { Handler } from '../service/handler.js';
import { Service } from '../service/service.js';
import type { Application } from './application.js';
import { rejection, World } from './fixtures/in-memory.js';
import type { ApplicationOptions } from './options.js';

/** What each run of a handler was told, and what it is to do. */
interface Run {
  readonly zone: string;
  readonly attempt: number;
  readonly context: Context;
}
let runs: Run[] = [];
let behaviour: (run: Run) => Promise<string>;

const busy = new SkerryError('DATABASE_BUSY', 'try again', { status: 'UNAVAILABLE', retryable: true });

/** The same service, as it is deployed at several places: told apart by what its applications say of themselves. */
function place(zone: string, version = '1.0.0'): object {
  @Service('work', { version })
  class Work {
    @Handler({ idempotent: true })
    async often(context: Context): Promise<string> {
      return run(context);
    }

    @Handler()
    async once(context: Context): Promise<string> {
      return run(context);
    }

    @Handler({ readOnly: true })
    async read(context: Context): Promise<string> {
      return run(context);
    }
  }

  function run(context: Context): Promise<string> {
    const each = { zone, attempt: context.attempt, context };
    runs.push(each);
    return behaviour(each);
  }

  @Module({ providers: [Work] })
  class WorkModule {}
  return WorkModule;
}

declare class Work {
  often(context: Context): Promise<string>;
  once(context: Context): Promise<string>;
  read(context: Context): Promise<string>;
}

@Module()
class CallerModule {}

describe('calls that can go to several nodes', () => {
  let clock: ManualClock;
  let world: World;
  let caller: Application;
  let work: Client<Work>;

  async function start(zone: string, version?: string, options: ApplicationOptions = {}): Promise<Application> {
    const before = world.registry.nodes('work').length;
    const app = await world.start(place(zone, version) as never, { zone, metadata: { tier: zone }, ...options });
    await eventually(() => expect(world.registry.nodes('work').length).toBeGreaterThan(before));
    await clock.advance(200);
    return app;
  }

  beforeEach(async () => {
    runs = [];
    behaviour = async ({ zone }) => zone;
    clock = new ManualClock();
    world = new World(clock);
    caller = await world.start(CallerModule);
    work = caller.client<Work>('work');
    const first = start('a');
    await first;
    await work.often();
    runs = [];
  });

  afterEach(async () => {
    const stopping = world.stop();
    await clock.advance(60_000);
    await stopping;
  });

  describe('are sent again', () => {
    test('where the handler is idempotent and its answer says that it may help, as often as allowed', async () => {
      behaviour = async () => Promise.reject(busy);
      const call = rejection<SkerryError>(work.often());
      await clock.advance(4_000);
      const error = await call;
      expect(runs.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
      expect(error).toMatchObject({ code: 'DATABASE_BUSY', message: 'try again', retryable: true });
      expect(error.details['attempts']).toHaveLength(3);
    });

    test('until one answers', async () => {
      behaviour = async ({ attempt, zone }) => (attempt < 3 ? Promise.reject(busy) : zone);
      const call = work.read();
      await clock.advance(4_000);
      await expect(call).resolves.toBe('a');
    });

    test('never where the handler is not idempotent', async () => {
      behaviour = async () => Promise.reject(busy);
      await expect(work.once()).rejects.toMatchObject({ code: 'DATABASE_BUSY' });
      expect(runs).toHaveLength(1);
    });

    test('as often as the call says', async () => {
      behaviour = async () => Promise.reject(busy);
      await expect(work.often(undefined, { retries: 0 })).rejects.toMatchObject({ code: 'DATABASE_BUSY' });
      expect(runs).toHaveLength(1);
      const more = rejection(work.often(undefined, { retries: 5, timeoutMs: 60_000 }));
      await clock.advance(60_000);
      await more;
      expect(runs).toHaveLength(1 + 6);
      await expect(work.often(undefined, { retries: -1 })).rejects.toMatchObject({ code: 'SKERRY_OPTION_INVALID' });
    });

    test('no more than the budget of the service allows', async () => {
      behaviour = async () => Promise.reject(busy);
      const calls = Array.from({ length: 1_000 }, () => rejection<SkerryError>(work.often()));
      await clock.advance(6_000);
      const errors = await Promise.all(calls);
      expect(errors.every(({ code }) => code === 'DATABASE_BUSY')).toBe(true);
      expect(runs.length).toBeGreaterThan(1_150);
      expect(runs.length).toBeLessThanOrEqual(1_201);
    });
  });

  describe('are hedged', () => {
    beforeEach(() => start('b'));

    const slowIn = (zone: string): void => {
      behaviour = (run) =>
        run.zone === zone ? clock.sleep(10_000, run.context.signal).then(() => run.zone) : Promise.resolve(run.zone);
    };

    test('when the first node does not answer in time: the first reply counts, and the other node is told', async () => {
      for (let call = 0; call < 10; call++) {
        runs = [];
        slowIn('a');
        const reply = work.often(undefined, { hedgeAfterMs: 50 });
        await clock.advance(60);
        await expect(reply).resolves.toBe('b');
        if (runs.length === 1) continue;
        await clock.advance(1);
        expect(runs.map(({ zone }) => zone)).toEqual(['a', 'b']);
        expect(runs[0]!.context.cancelled).toMatchObject({ code: 'SKERRY_RPC_CANCELLED' });
        return;
      }
      throw new Error('the slow node was never chosen first');
    });

    test('only where the handler is idempotent', async () => {
      behaviour = (run) => clock.sleep(1_000).then(() => run.zone);
      const reply = work.once(undefined, { hedgeAfterMs: 50 });
      await clock.advance(1_000);
      await reply;
      expect(runs).toHaveLength(1);
    });

    test('and fail only when both have failed', async () => {
      behaviour = ({ attempt }) =>
        clock
          .sleep(attempt === 1 ? 100 : 200)
          .then(() => Promise.reject(attempt === 1 ? busy : new SkerryError('NO', 'no')));
      const call = rejection<SkerryError>(work.often(undefined, { hedgeAfterMs: 50 }));
      await clock.advance(300);
      expect(await call).toMatchObject({ code: 'NO' });
      expect(runs).toHaveLength(2);
    });
  });

  describe('choose their nodes', () => {
    const zonesOf = async (calls: number, options: object): Promise<Set<string>> => {
      const zones = await Promise.all(Array.from({ length: calls }, () => work.often(undefined, options)));
      return new Set(zones);
    };

    beforeEach(async () => {
      await start('b', '1.4.0');
      await start('c', '2.1.0');
    });

    test('by version', async () => {
      expect(await zonesOf(40, { version: '^1.2' })).toEqual(new Set(['b']));
      expect(await zonesOf(40, { version: '^1' })).toEqual(new Set(['a', 'b']));
      expect(await zonesOf(100, {})).toEqual(new Set(['a', 'b', 'c']));
      await expect(work.often(undefined, { version: 'newest' })).rejects.toMatchObject({
        code: 'SKERRY_OPTION_INVALID',
      });
    });

    test('by id', async () => {
      const [, second] = world.registry.nodes('work');
      const metadata = second!.metadata['tier']!;
      expect(await zonesOf(20, { node: second!.id })).toEqual(new Set([metadata]));
    });

    test('and say which there were when none will do until the deadline', async () => {
      const call = rejection<SkerryError>(work.often(undefined, { version: '^3', timeoutMs: 300 }));
      await clock.advance(300);
      const error = await call;
      expect(error).toMatchObject({ code: 'SKERRY_RPC_NO_NODE' });
      expect(error.message).toMatch(/3 nodes, none satisfies version \^3 \(they \w+ 1\.0\.0, 1\.4\.0, 2\.1\.0\)/);
    });

    test('and wait for one that will do', async () => {
      const call = work.often(undefined, { version: '^3', timeoutMs: 30_000 });
      await clock.advance(1_000);
      await start('d', '3.0.0');
      await expect(call).resolves.toBe('d');
    });

    test('by what their client says: labels, zone, a function', async () => {
      const { Clients } = await import('../client/clients.js');
      const clients = caller.get(Clients);
      const zones = async (client: Client<Work>): Promise<Set<string>> =>
        new Set(await Promise.all(Array.from({ length: 40 }, () => client.often())));
      expect(await zones(clients.of<Work>('work', { labels: { tier: 'b' } }))).toEqual(new Set(['b']));
      expect(await zones(clients.of<Work>('work', { zone: 'c' }))).toEqual(new Set(['c']));
      expect(await zones(clients.of<Work>('work', { where: ({ zone }) => zone !== 'b' }))).toEqual(new Set(['a', 'c']));
      expect(() => clients.of<Work>('work', { version: 'soon' })).toThrow(/soon/);
    });

    test('in their own zone, while there are any', async () => {
      const near = (await world.start(CallerModule, { zone: 'b' })).client<Work>('work');
      await near.often();
      const zones = await Promise.all(Array.from({ length: 40 }, () => near.often()));
      expect(new Set(zones)).toEqual(new Set(['b']));
    });

    test('by the filters of their application', async () => {
      @Injectable()
      class NotC implements NodeFilter {
        accepts({ zone }: { zone?: string }): boolean {
          return zone !== 'c';
        }
      }
      @Module({ providers: [{ provide: NodeFilter, useClass: NotC, multi: true }] })
      class PickyModule {}
      const picky = (await world.start(PickyModule)).client<Work>('work');
      await picky.often();
      const zones = await Promise.all(Array.from({ length: 60 }, () => picky.often()));
      expect(new Set(zones)).toEqual(new Set(['a', 'b']));
    });
  });

  test('wait until their deadline, and no longer, where filters accept no node', async () => {
    @Injectable()
    class Nobody implements NodeFilter {
      accepts(): boolean {
        return false;
      }
    }
    @Module({ providers: [{ provide: NodeFilter, useClass: Nobody, multi: true }] })
    class LonelyModule {}
    const lonely = (await world.start(LonelyModule)).client<Work>('work');
    const call = rejection<SkerryError>(lonely.often(undefined, { timeoutMs: 300 }));
    await clock.advance(300);
    expect(await call).toMatchObject({ code: 'SKERRY_RPC_NO_NODE' });
  });

  test('can share one signal, however many they are, and are all given up by it', async () => {
    const warnings: Error[] = [];
    const warned = (warning: Error): void => void warnings.push(warning);
    process.on('warning', warned);
    behaviour = (run) => clock.sleep(10_000, run.context.signal).then(() => run.zone);
    const leaving = new AbortController();
    const calls = Array.from({ length: 50 }, () =>
      rejection<SkerryError>(work.once(undefined, { signal: leaving.signal })),
    );
    await clock.advance(10);
    leaving.abort();
    expect(new Set((await Promise.all(calls)).map(({ code }) => code))).toEqual(new Set(['SKERRY_RPC_CANCELLED']));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', warned);
    expect(warnings).toEqual([]);
  });

  test('learn from the registry what a handler declares', async () => {
    const [node] = world.registry.nodes('work');
    const declared = node!.endpoints.map(({ name, idempotent, readOnly }) => ({ name, idempotent, readOnly }));
    expect(declared).toEqual([
      { name: 'often', idempotent: true, readOnly: false },
      { name: 'once', idempotent: false, readOnly: false },
      { name: 'read', idempotent: true, readOnly: true },
    ]);
    expect(node!.schemaHash).toMatch(/^[0-9a-f]{16}$/);
  });
});
