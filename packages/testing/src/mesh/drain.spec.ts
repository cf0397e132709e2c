import { Clock, Context, Handler, Module, Service, Subscribe, Topic, Broker, type Client } from '@skerry/core';
import type { MeshNode } from './mesh-node.js';
import { simulate } from './simulate.js';

class Job {
  id!: number;
}
const jobs = new Topic('jobs', Job);

/** How often each message was handled to its end. */
let handled = new Map<number, number>();
let ranTwice: string | undefined;
const ran = new Set<number>();

@Service('work')
class Work {
  constructor(private readonly clock: Clock) {}

  /** Says nothing, so that it is never sent again once it may have run. */
  @Handler({ request: Number })
  async once(id: number, context: Context): Promise<number> {
    if (ran.has(id)) ranTwice ??= `call ${id}`;
    ran.add(id);
    await this.clock.sleep(id % 7 === 0 ? 700 : id % 50, context.signal);
    return id;
  }

  @Handler({ request: Number })
  async *count(to: number, context: Context): AsyncGenerator<number> {
    for (let at = 1; at <= to; at++) {
      await this.clock.sleep(40, context.signal);
      yield at;
    }
  }

  @Subscribe(jobs, { queue: 'work' })
  async handle({ id }: Job): Promise<void> {
    await this.clock.sleep(id % 90);
    handled.set(id, (handled.get(id) ?? 0) + 1);
  }
}

@Module({ providers: [Work] })
class WorkModule {}
@Module()
class CallerModule {}

const patienceMs = 3_600_000;

test(
  'a node that stops under load fails no call, breaks no stream, and loses no message',
  async () => {
    const name = 'a node that stops under load';
    await simulate(
      { name, seeds: 200, faults: { latencyMs: [0.2, 40], loss: 0.03, lostReports: 0.05 } },
      async (mesh) => {
        [handled, ranTwice] = [new Map(), undefined];
        ran.clear();
        const nodes = await mesh.start('work', WorkModule, { instances: 3, drainTimeoutMs: 8_000 });
        const [caller] = await mesh.start('caller', CallerModule);
        const work = caller!.client<Work>('work', { timeoutMs: 15_000 }) as Client<Work>;
        let [begun, ended, published, calls] = [0, 0, 0, 0];
        mesh.always('no call runs twice', () => ranTwice === undefined);
        const ends = [
          mesh.every(53, async () => {
            begun++;
            const id = ++calls;
            expect(await work.once(id)).toBe(id);
            ended++;
          }),
          mesh.every(499, async () => {
            begun++;
            const got: number[] = [];
            for await (const each of work.count(12)) got.push(each);
            expect(got).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
            ended++;
          }),
          mesh.every(79, () => caller!.get(Broker).publish(jobs, { id: ++published })),
        ];
        for (const node of nodes) await roll(node, (ms) => mesh.run(ms), mesh.clock);
        ends.forEach((end) => end());
        await mesh.until(() => begun === ended && handled.size === published, { what: 'the end of what had begun' });
        expect([...handled.values()].every((times) => times === 1)).toBe(true);
        for (const node of nodes) await node.stop();
        expect(nodes.map(({ pendingTimers }) => pendingTimers)).toEqual([0, 0, 0]);
      },
    );
  },
  patienceMs,
);

async function roll(node: MeshNode, run: (ms: number) => Promise<void>, clock: Clock): Promise<void> {
  await run(clock.random() * 700);
  await node.stop();
  await run(clock.random() * 700);
  await node.start();
}
