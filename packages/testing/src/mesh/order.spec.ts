import { Broker, Clock, Module, Service, Subscribe, Topic } from '@skerry/core';
import type { NodeClock } from './node-clock.js';
import { simulate } from './simulate.js';

class Step {
  key!: string;
  n!: number;
}
const steps = new Topic('steps', Step);

/** The latest step of each key that was handled to its end. */
let latest = new Map<string, number>();
let overtaken: string | undefined;

@Service('worker')
class Worker {
  constructor(private readonly clock: Clock) {}

  @Subscribe(steps, { queue: 'steps', orderBy: 'key', attempts: 1_000, backoff: { firstMs: 500, mostMs: 4_000 } })
  async handle({ key, n }: Step): Promise<void> {
    const { node } = this.clock as NodeClock;
    const done = latest.get(key) ?? -1;
    if (n < done) overtaken ??= `${node} begins step ${n} of ${key} after step ${done}`;
    await this.clock.sleep(n % 40);
    if (this.clock.random() < 0.3) throw new Error('not this time');
    latest.set(key, Math.max(n, latest.get(key) ?? -1));
  }
}

@Module({ providers: [Worker] })
class WorkerModule {}
@Module()
class CallerModule {}

const patienceMs = 3_600_000;
const weights = { crash: 2, vanish: 2, freeze: 2, slow: 1, cutServer: 4, broker: 2 };

test(
  'messages of one key are begun in their order, whichever node has them',
  async () => {
    const name = 'messages of one key are begun in their order';
    await simulate({ name, seeds: 50, faults: { latencyMs: [0.2, 20], loss: 0.01, reorder: 0.1 } }, async (mesh) => {
      [latest, overtaken] = [new Map(), undefined];
      await mesh.start('worker', WorkerModule, { instances: 3 });
      const [caller] = await mesh.start('caller', CallerModule);
      mesh.always('none is begun after a later one was finished', () => {
        if (overtaken) throw new Error(overtaken);
      });
      let n = 0;
      const end = mesh.every(150, () => {
        const message = { key: `key ${n % 4}`, n: n++ };
        return caller!
          .get(Broker)
          .publish(steps, message, { key: message.key })
          .catch(() => undefined);
      });
      mesh.rates({ resets: 0.002 });
      mesh.chaos({ spare: ['caller'], everyMs: [100, 1_500], lastsMs: [100, 14_000], weights });
      await mesh.run(15_000);
      end();
      await mesh.calm();
      await mesh.run(20_000);
    });
  },
  patienceMs,
);
