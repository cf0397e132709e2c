import {
  Clock,
  Handler,
  Module,
  P2cEwmaStrategy,
  SelectionStrategy,
  Service,
  type Candidate,
  type Choice,
  type Client,
} from '@skerry/core';
import { simulate } from './simulate.js';

@Service('work')
class Work {
  @Handler()
  async run(): Promise<string> {
    return 'done';
  }
}

@Module({ providers: [Work] })
class WorkModule {}
@Module()
class CallerModule {}

/** What the selector leaves to choose from, and what is chosen. */
class Watched extends P2cEwmaStrategy {
  /** The fewest that were left, as a share of all. */
  fewest = 1;
  /** Ids of the nodes that were chosen, in order. */
  chosen: string[] = [];

  override choose(candidates: readonly Candidate[], choice: Choice): Candidate {
    const allowed = candidates.filter((each) => choice.allowed(each)).length;
    this.fewest = Math.min(this.fewest, allowed / candidates.length);
    const chosen = super.choose(candidates, choice);
    this.chosen.push(chosen.node.addresses['skerry']!);
    return chosen;
  }
}

const patienceMs = 3_600_000;
const weights = { freeze: 3, slow: 2, partition: 3, reset: 2 };

test(
  'a node that fails is left, never more than half are, and it is back after it is mended',
  async () => {
    const name = 'a node that fails is left';
    await simulate({ name, seeds: 200, faults: { latencyMs: [0.2, 10] } }, async (mesh) => {
      const nodes = await mesh.start('work', WorkModule, { instances: 4 });
      const [caller] = await mesh.start('caller', CallerModule, {
        override: (app) => app.override(SelectionStrategy).useFactory((clock: Clock) => new Watched(clock), [Clock]),
      });
      const watched = caller!.get(SelectionStrategy) as Watched;
      mesh.always('at most half of the nodes are left out', () => watched.fewest >= 0.5);
      const counts = { done: 0, failed: 0 };
      const client = caller!.client<Work>('work', { timeoutMs: 1_000, retries: 0 }) as Client<Work>;
      const end = mesh.every(60, () =>
        client.run().then(
          () => counts.done++,
          () => counts.failed++,
        ),
      );

      // One of them, in one of the ways in which a node falls silent.
      await mesh.run(1_000);
      const bad = nodes[Math.floor(mesh.clock.random() * nodes.length)]!;
      const isBad = (address: string): boolean => address === `memory://${bad.name}`;
      const frozen = mesh.clock.random() < 0.5;
      if (frozen) bad.freeze();
      const mend = frozen
        ? () => bad.thaw()
        : mesh.partition([bad.name], ['caller'], { oneWay: mesh.clock.random() < 0.5 });
      await mesh.until(() => counts.failed >= 3, { what: 'three failures' });
      // Calls that had begun by then.
      await mesh.run(1_000);
      watched.chosen = [];
      counts.failed = 0;
      await mesh.run(7_000);
      // It is asked now and then, by one call at a time, whether it is mended.
      expect(watched.chosen.filter(isBad).length).toBeLessThanOrEqual(2);
      expect(counts.failed).toBeLessThanOrEqual(3);
      mend();
      watched.chosen = [];
      await mesh.until(() => watched.chosen.filter(isBad).length > 10, {
        withinMs: 22_000,
        what: `calls of ${bad.name}`,
      });

      // Any of them, and all at once.
      mesh.chaos({ spare: ['caller'], everyMs: [100, 1_500], lastsMs: [500, 6_000], most: 4, weights });
      await mesh.run(10_000);
      await mesh.calm();
      watched.chosen = [];
      // Whoever has failed its probes too is left for twice as long each time: 5 s, 10, 20, 40.
      await mesh.until(() => new Set(watched.chosen).size === 4, { withinMs: 85_000, what: 'calls of all nodes' });
      await mesh.run(1_500);
      counts.failed = 0;
      await mesh.run(1_000);
      expect(counts.failed).toBe(0);
      end();
    });
  },
  patienceMs,
);
