import fc from 'fast-check';
import { ManualClock } from '../clock/manual-clock.js';
import { never } from './abortable.js';
import { MemoryRegistryEngine } from './memory-engine.js';
import { MemoryRegistryDriver } from './memory.js';
import type { NodeRecord } from './node-record.js';
import { Registry } from './registry.js';

/** One step of a history: of node `n`, or of time. */
type Step =
  | { readonly do: 'register'; readonly n: number; readonly epoch: number; readonly ttlMs: number }
  | { readonly do: 'refresh' | 'deregister'; readonly n: number }
  | { readonly do: 'advance'; readonly ms: number };

const n = fc.integer({ min: 0, max: 5 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('register' as const),
    n,
    epoch: fc.integer({ min: 1, max: 4 }),
    ttlMs: fc.constantFrom(1_000, 5_000, 60_000),
  }),
  fc.record({ do: fc.constantFrom('refresh' as const, 'deregister' as const), n }),
  fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 4_000 }) }),
);
const history = fc.array(step, { maxLength: 60 });
const settings = { seed: 20_261_122, numRuns: 200 };

const node = (index: number, epoch: number, ttlMs: number): NodeRecord => ({
  service: index % 2 === 0 ? 'even' : 'odd',
  id: `n${index}`,
  version: '1.0.0',
  addresses: {},
  weight: 1 + epoch,
  metadata: {},
  endpoints: [],
  ttlMs,
  epoch,
});

/** What a registry means, in a few lines: who is registered, and until when. */
class Model {
  private readonly nodes = new Map<string, { node: NodeRecord; until: number }>();
  private now = 0;

  register(record: NodeRecord): void {
    const former = this.live(record.id);
    if (!former || former.epoch <= record.epoch)
      this.nodes.set(record.id, { node: record, until: this.now + record.ttlMs });
  }

  deregister(id: string): void {
    this.nodes.delete(id);
  }

  advance(ms: number): void {
    this.now += ms;
  }

  live(id: string): NodeRecord | undefined {
    const found = this.nodes.get(id);
    return found && found.until > this.now ? found.node : undefined;
  }

  service(name: string): NodeRecord[] {
    const ids = [...this.nodes.keys()].sort();
    return ids.map((id) => this.live(id)).filter((found) => found?.service === name) as NodeRecord[];
  }
}

const sorted = (nodes: readonly NodeRecord[]): NodeRecord[] => [...nodes].sort((a, b) => (a.id < b.id ? -1 : 1));

/** The history as registrations write it: with epochs that grow. */
function growing(steps: readonly Step[]): readonly Step[] {
  return steps.map((each, index) => (each.do === 'register' ? { ...each, epoch: index + 1 } : each));
}

/** Does a step to a driver and to the model alike. */
async function apply(each: Step, driver: MemoryRegistryDriver, model: Model, clock: ManualClock): Promise<void> {
  if (each.do === 'advance') {
    await clock.advance(each.ms);
    return model.advance(each.ms);
  }
  const record = each.do === 'register' ? node(each.n, each.epoch, each.ttlMs) : model.live(`n${each.n}`);
  if (!record) return;
  if (each.do === 'deregister') {
    await driver.deregister(record, never);
    return model.deregister(record.id);
  }
  await driver.register(record, never);
  model.register(record);
}

test('the memory registry equals its model after every step of any history', () =>
  fc.assert(
    fc.asyncProperty(history, async (steps) => {
      const clock = new ManualClock();
      const engine = new MemoryRegistryEngine(clock);
      const [here, there] = [new MemoryRegistryDriver(engine), new MemoryRegistryDriver(engine)];
      const model = new Model();
      for (const each of steps) {
        await apply(each, here, model, clock);
        for (const service of ['even', 'odd'])
          expect(sorted(await there.lookup(service, never))).toEqual(model.service(service));
        const names = ['even', 'odd'].filter((service) => model.service(service).length > 0);
        expect([...(await there.services(never))].sort()).toEqual(names);
      }
    }),
    settings,
  ));

/** Its watch drops some reports, and repeats others. */
class UnreliableDriver extends MemoryRegistryDriver {
  constructor(
    engine: MemoryRegistryEngine,
    private readonly clock: ManualClock,
  ) {
    super(engine);
  }

  override watch(...[service, changed, signal]: Parameters<MemoryRegistryDriver['watch']>): Promise<void> {
    const sometimes = (nodes: readonly NodeRecord[]): void => {
      const times = Math.floor(this.clock.random() * 3);
      for (let i = 0; i < times; i++) changed(nodes);
    };
    return super.watch(service, sometimes, signal);
  }
}

test('a view equals the model one re-list after any history, whatever the watch drops or repeats', () =>
  fc.assert(
    fc.asyncProperty(history, fc.integer(), async (steps, seed) => {
      const clock = new ManualClock(seed);
      const engine = new MemoryRegistryEngine(clock);
      const driver = new UnreliableDriver(engine, clock);
      const registry = new Registry(driver, clock);
      const view = registry.service('even');
      const model = new Model();
      for (const each of growing(steps)) await apply(each, driver, model, clock);
      // Whoever is left stays: a node that expires right after a list is seen a list later.
      for (const each of model.service('even')) {
        const lasting = { ...each, ttlMs: 600_000, epoch: each.epoch + 1 };
        await driver.register(lasting, never);
        model.register(lasting);
      }
      await clock.advance(30_000);
      model.advance(30_000);
      expect(view.nodes).toEqual(model.service('even'));
      await registry.close();
    }),
    settings,
  ));

test('a view equals the model at once, after any history, while the watch is reliable', () =>
  fc.assert(
    fc.asyncProperty(history, async (steps) => {
      const clock = new ManualClock();
      const engine = new MemoryRegistryEngine(clock);
      const driver = new MemoryRegistryDriver(engine);
      const registry = new Registry(driver, clock);
      const view = registry.service('odd');
      const model = new Model();
      await clock.settle();
      for (const each of growing(steps)) {
        await apply(each, driver, model, clock);
        // What a burst is gathered for.
        await apply({ do: 'advance', ms: 100 }, driver, model, clock);
        expect(view.nodes).toEqual(model.service('odd'));
      }
      await registry.close();
      expect(clock.pendingTimers).toBe(engine.nodes('odd').length + engine.nodes('even').length);
    }),
    settings,
  ));
