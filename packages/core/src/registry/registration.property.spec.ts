import fc from 'fast-check';
import { ManualClock } from '../clock/manual-clock.js';
import { MemoryRegistryEngine } from './memory-engine.js';
import { MemoryRegistryDriver } from './memory.js';
import type { NodeRecord } from './node-record.js';
import { Registry } from './registry.js';
import type { RegistryEvent } from './registry-events.js';
import { registrationTransitions, type RegistrationState } from './registration-state.js';

/** One step of a history: of registration `n`, of the engine, or of time. */
type Step =
  | { readonly do: 'admit'; readonly n: number; readonly ready: boolean }
  | { readonly do: 'deregister'; readonly n: number }
  | { readonly do: 'stop' | 'freeze' | 'resume' | 'wipe' }
  | { readonly do: 'lag'; readonly ms: number }
  | { readonly do: 'old'; readonly answers: boolean }
  | { readonly do: 'advance'; readonly ms: number };

const count = 2;
const longestLagMs = 8_000;
const n = fc.integer({ min: 0, max: count - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('admit' as const), n, ready: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('deregister' as const), n }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('stop' as const, 'freeze' as const, 'resume' as const, 'wipe' as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('lag' as const), ms: fc.constantFrom(0, 300, longestLagMs) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('old' as const), answers: fc.boolean() }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('advance' as const),
      ms: fc.oneof(
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 0, max: longestLagMs }),
        fc.integer({ min: 0, max: 25_000 }),
      ),
    }),
  },
);

/**
 * What it is asked for arrives late, even when nobody waits for it any more, and its answers may be old; it knows who was not
 * to be written.
 */
class LateDriver extends MemoryRegistryDriver {
  lagMs = 0;
  /** What lookups answer instead of what is there. */
  old?: readonly NodeRecord[] | undefined;
  /** Writes of nodes that were not admitted when the write began. */
  wrongWrites = 0;
  admitted = (_id: string): boolean => true;

  constructor(
    private readonly server: MemoryRegistryEngine,
    private readonly clock: ManualClock,
  ) {
    super(server);
  }

  override async register(node: NodeRecord, signal: AbortSignal): Promise<void> {
    if (!this.admitted(node.id)) this.wrongWrites++;
    await this.server.reached(signal);
    await this.lag();
    this.server.put(node);
  }

  override async deregister(node: NodeRecord, signal: AbortSignal): Promise<void> {
    await this.server.reached(signal);
    await this.lag();
    this.server.delete(node);
  }

  private async lag(): Promise<void> {
    const ms = this.clock.random() < 0.5 ? 0 : this.clock.random() * this.lagMs;
    if (ms > 0) await this.clock.sleep(ms);
  }

  override async lookup(service: string, signal: AbortSignal): Promise<readonly NodeRecord[]> {
    const nodes = await super.lookup(service, signal);
    return this.old ?? nodes;
  }
}

function setUp(seed: number) {
  const clock = new ManualClock(seed);
  const engine = new MemoryRegistryEngine(clock);
  const driver = new LateDriver(engine, clock);
  const illegal: string[] = [];
  const states = new Map<string, RegistrationState>();
  const events = (event: RegistryEvent): void => {
    if (event.type !== 'registration-changed') return;
    const { node, from, to } = event;
    const legal = registrationTransitions[from].includes(to) && (states.get(node.id) ?? 'registering') === from;
    if (!legal) illegal.push(`${from} > ${to}`);
    states.set(node.id, to);
  };
  const registry = new Registry(driver, clock, {}, events);
  const admitted = Array.from({ length: count }, (_, i) => i !== 0);
  const registrations = admitted.map((each, i) =>
    registry.register(
      { service: 'echo', id: `n${i}`, version: '1.0.0', addresses: {}, weight: 1, metadata: {}, endpoints: [] },
      { admitted: each },
    ),
  );
  driver.admitted = (id) => admitted[Number(id.slice(1))]!;
  return { clock, engine, driver, registry, registrations, admitted, illegal, states };
}

test('whatever the engine does: only legal steps; in order within one interval after the last fault', () =>
  fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.integer(), async (steps, seed) => {
      const { clock, engine, driver, registry, registrations, admitted, illegal, states } = setUp(seed);
      const left = new Set<number>();
      for (const each of steps) {
        if (each.do === 'advance') await clock.advance(each.ms);
        else if (each.do === 'lag') driver.lagMs = each.ms;
        else if (each.do === 'old') driver.old = each.answers ? engine.nodes('echo') : undefined;
        else if (each.do === 'admit') {
          admitted[each.n] = each.ready;
          registrations[each.n]!.admit(each.ready);
        } else if (each.do === 'deregister') {
          left.add(each.n);
          registrations[each.n]!.deregister().catch(() => undefined);
        } else engine[each.do]();
        for (const { node, state } of registrations) expect(state).toBe(states.get(node.id) ?? 'registering');
      }
      // The last fault is over when nothing that lags is on its way any more.
      engine.resume();
      driver.lagMs = 0;
      driver.old = undefined;
      await clock.advance(longestLagMs);
      await clock.advance(20_000);
      expect(illegal).toEqual([]);
      expect(driver.wrongWrites).toBe(0);
      const wanted = registrations.filter((_, i) => admitted[i] && !left.has(i));
      const staying = registrations.filter((_, i) => !left.has(i));
      expect(staying.map(({ state }) => state)).toEqual(
        staying.map((each) => (wanted.includes(each) ? 'ready' : 'registering')),
      );
      expect(staying.filter(({ failure }) => failure)).toEqual([]);
      // Whoever left when the engine could not be asked stays until its TTL is over.
      const stayingIds = new Set(staying.map(({ node }) => node.id));
      const present = engine.nodes('echo').filter(({ id }) => stayingIds.has(id));
      expect(new Set(present)).toEqual(new Set(wanted.map(({ node }) => node)));

      await registry.close();
      expect(registrations.map(({ state }) => state)).toEqual(registrations.map(() => 'gone'));
      await clock.advance(60_000);
      expect(engine.nodes('echo')).toEqual([]);
      expect(illegal).toEqual([]);
      expect(clock.pendingTimers).toBe(0);
    }),
    { seed: 20_261_122, numRuns: 150 },
  ));

test('the table leads everywhere from the first state, and nowhere from the last', () => {
  const reached = new Set<RegistrationState>(['registering']);
  for (const state of reached) for (const next of registrationTransitions[state]) reached.add(next);
  expect([...reached].sort()).toEqual(Object.keys(registrationTransitions).sort());
  expect(registrationTransitions.gone).toEqual([]);
});
