import { APPLICATION_INFO, Handler, Module, Registry, Service } from '@skerry/core';
import type { MeshNode } from './mesh-node.js';
import { simulate } from './simulate.js';
import type { TestMesh } from './test-mesh.js';

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

// As they are by default, ten times as fast.
const registry = {
  ttlMs: 6_000,
  intervalMs: 2_000,
  relistMs: 3_000,
  deadlineMs: 500,
  absentMs: 100,
  maxStaleMs: 60_000,
};
const { ttlMs, intervalMs, relistMs } = registry;
const patienceMs = 3_600_000;

const idOf = (node: MeshNode): string => `work-${node.get(APPLICATION_INFO).instance}`;
const seenBy = (node: MeshNode): string[] =>
  node
    .get(Registry)
    .service('work')
    .nodes.map(({ id }) => id);
const registered = (mesh: TestMesh): string[] =>
  mesh.registry
    .nodes('work')
    .map(({ id }) => id)
    .sort();

test(
  'what callers know of a service is what lives, soon after whatever happens',
  async () => {
    const name = 'what callers know of a service is what lives';
    const faults = { latencyMs: [0.2, 20], loss: 0.01 } as const;
    await simulate({ name, seeds: 200, faults }, async (mesh) => {
      let lost: string[] = [];
      const nodes = await mesh.start('work', WorkModule, {
        instances: 4,
        registry,
        onEvent: (event) => {
          if (event.type === 'registration-lost') lost.push(event.node.id);
        },
      });
      const callers = await mesh.start('caller', CallerModule, { instances: 2, registry });
      for (const caller of callers) seenBy(caller);
      const living = (): string[] =>
        nodes
          .filter(({ state }) => state === 'running')
          .map(idOf)
          .sort();
      const agree = (): boolean =>
        [registered(mesh), ...callers.map(seenBy)].every((ids) => String(ids) === String(living()));
      await mesh.until(agree, { withinMs: 1_000, what: 'the first view' });

      // One is gone without a word.
      await mesh.run(mesh.clock.random() * 4_000);
      const dead = nodes[Math.floor(mesh.clock.random() * nodes.length)]!;
      dead.crash({ silently: mesh.clock.random() < 0.5 });
      await mesh.run(ttlMs + 1_000);
      expect(callers.map(seenBy)).toEqual([living(), living()]);
      await dead.start();

      // The registry has forgotten everything.
      await mesh.until(agree, { what: 'the view with the node that is back' });
      lost = [];
      mesh.registry.wipe();
      await mesh.run(intervalMs + 1_000);
      expect(agree()).toBe(true);
      // Once each; one that was just refreshing itself need not notice.
      expect(new Set(lost).size).toBe(lost.length);
      expect(living()).toEqual(expect.arrayContaining(lost));

      // All of that, and reports that are lost or late, and partitions.
      mesh.rates({ lostReports: 0.1, reorder: 0.1, resets: 0.01 });
      const weights = { crash: 2, vanish: 2, stop: 2, freeze: 2, partition: 2, cutServer: 4, registry: 5 };
      mesh.chaos({ most: 2, everyMs: [100, 1_500], lastsMs: [100, 8_000], weights });
      await mesh.run(15_000);
      await mesh.calm();
      mesh.rates({ resets: 0, reorder: 0, lostReports: 0 });
      // Until then one that could not refresh itself may still run out.
      await mesh.run(intervalMs + 1_000);
      await mesh.until(agree, { withinMs: ttlMs + relistMs, what: 'a view that all share' });
      mesh.always('nothing changes any more', agree);
      await mesh.run(ttlMs);
    });
  },
  patienceMs,
);
