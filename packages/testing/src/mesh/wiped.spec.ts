import { Handler, Module, Registry, Service } from '@skerry/core';
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

const instances = 3;
const patienceMs = 3_600_000;

test(
  'a registry that is away under load, and comes back with nothing, costs no call and has each node again, once, within 10 s',
  async () => {
    const name = 'a registry that is away under load';
    await simulate({ name, seeds: 200, faults: { latencyMs: [0.2, 20], loss: 0.01 } }, async (mesh) => {
      const registered: string[] = [];
      await mesh.start('work', WorkModule, {
        instances,
        onEvent: (event) => {
          if (event.type === 'registered') registered.push(event.node.id);
        },
      });
      const [caller] = await mesh.start('caller', CallerModule);
      const view = caller!.get(Registry).service('work');
      await mesh.until(() => view.nodes.length === instances);
      const ids = view.nodes.map(({ id }) => id);
      mesh.always('who was known stays known', () => view.nodes.length === instances);
      // Less patient than by default; the registry's options are the default ones.
      const client = caller!.client<Work>('work', { timeoutMs: 2_000 });
      let open = 0;
      const failed: unknown[] = [];
      const end = mesh.every(100, async () => {
        open++;
        await client.run().catch((error: unknown) => failed.push(error));
        open--;
      });

      await mesh.run(mesh.clock.random() * 40_000);
      registered.length = 0;
      mesh.registry.stop();
      await mesh.run(mesh.clock.random() * 30_000);
      mesh.registry.wipe();
      mesh.registry.resume();
      await mesh.run(10_000);
      expect(mesh.registry.nodes('work')).toHaveLength(instances);
      expect([...registered].sort()).toEqual(ids);
      await mesh.run(30_000);
      end();
      await mesh.until(() => open === 0);
      expect(failed).toEqual([]);
      expect([...registered].sort()).toEqual(ids);
      expect(view.nodes).toHaveLength(instances);
    });
  },
  patienceMs,
);
