import { eventually } from '@skerry-private/test-kit';
import type { Client } from '../client/client.js';
import { ManualClock } from '../clock/manual-clock.js';
import { Context } from '../context/context.js';
import type { SkerryError } from '../errors/skerry-error.js';
import { Module } from '../module/module.js';
import type { NodeRecord } from '../registry/node-record.js';
import { Handler } from '../service/handler.js';
import { Service } from '../service/service.js';
import { rejection, World } from './fixtures/in-memory.js';

let runs = 0;
/** As the handler was told. */
const attemptsSeen: number[] = [];

@Service('work')
class Work {
  @Handler()
  async once(context: Context): Promise<number> {
    attemptsSeen.push(context.attempt);
    return ++runs;
  }

  @Handler({ idempotent: true, readOnly: false })
  async often(): Promise<number> {
    return ++runs;
  }
}

@Module({ providers: [Work] })
class WorkModule {}

@Module()
class CallerModule {}

/** A record of a node that is not there. */
function deadNode(id: string): NodeRecord {
  return {
    service: 'work',
    id,
    version: '0.0.0',
    addresses: { skerry: `memory://${id}` },
    weight: 100,
    metadata: {},
    endpoints: [
      { name: 'often', kind: 'unary', idempotent: true, readOnly: false },
      { name: 'once', kind: 'unary', idempotent: false, readOnly: false },
    ],
    ttlMs: 60_000,
    epoch: 1,
  };
}

describe('the attempts of a call', () => {
  let world: World;
  let work: Client<Work>;

  beforeEach(async () => {
    runs = 0;
    world = new World();
    work = (await world.start(CallerModule)).client<Work>('work');
  });

  afterEach(() => world.stop());

  test('go on to another node at once when one cannot be connected to', async () => {
    for (const id of ['work-a', 'work-b', 'work-c']) world.registry.put(deadNode(id));
    await world.start(WorkModule);
    for (let call = 1; call <= 20; call++) await expect(work.once()).resolves.toBe(call);
    expect(Math.max(...attemptsSeen)).toBeGreaterThan(1);
  });

  test('end at the deadline when no node can be connected to, and are all in the error', async () => {
    world.registry.put(deadNode('work-a'));
    world.registry.put(deadNode('work-b'));
    const error = await rejection<SkerryError>(work.once(undefined, { timeoutMs: 600 }));
    expect(error).toMatchObject({ code: 'SKERRY_RPC_CONNECT_FAILED', status: 'UNAVAILABLE', retryable: true });
    const { attempts, attempt, node } = error.details as {
      attempts: { node: string }[];
      attempt: number;
      node: string;
    };
    expect(attempts.length).toBeGreaterThan(2);
    expect(attempt).toBe(attempts.length);
    expect(node).toBe(attempts.at(-1)!.node);
    expect(new Set(attempts.map((each) => each.node))).toEqual(new Set(['work-a', 'work-b']));
    expect(error.message).toMatch(/attempt \d+ on node work-[ab], given up at the deadline of 600 ms/);
  });

  test('come later and later while none can be connected to, and at once when a node joins', async () => {
    const clock = new ManualClock();
    world = new World(clock);
    const patient = (await world.start(CallerModule)).client<Work>('work');
    world.registry.put(deadNode('work-a'));
    const call = patient.once(undefined, { timeoutMs: 60_000 });
    await clock.advance(20_000);
    expect(runs).toBe(0);
    const joining = world.start(WorkModule);
    await eventually(async () => {
      await clock.advance(100);
      expect(runs).toBe(1);
    });
    await joining;
    await expect(call).resolves.toBe(1);
  });

  test('go on to another node when one is shutting down, and run the work once', async () => {
    const [leaving] = [await world.start(WorkModule), await world.start(WorkModule)];
    await eventually(async () => {
      await work.once();
      expect(world.registry.nodes('work')).toHaveLength(2);
    });
    runs = 0;
    const calls: Promise<number>[] = [];
    const stopping = leaving.stop();
    for (let call = 0; call < 200; call++) {
      calls.push(work.once());
      if (call % 20 === 0) await world.clock.sleep(1);
    }
    await Promise.all(calls);
    await stopping;
    expect(runs).toBe(200);
  });

  test('use what the registry knows, not what is gone from it', async () => {
    const app = await world.start(WorkModule);
    await work.once();
    await app.stop();
    await world.start(WorkModule);
    await expect(work.once()).resolves.toBe(2);
  });
});
