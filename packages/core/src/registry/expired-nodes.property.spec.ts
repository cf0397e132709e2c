import fc from 'fast-check';
import { ManualClock } from '../clock/manual-clock.js';
import { MemoryRegistryEngine } from './memory-engine.js';
import { MemoryRegistryDriver } from './memory.js';
import type { NodeRecord } from './node-record.js';
import { Registry } from './registry.js';

const node = (ttlMs: number): NodeRecord => ({
  service: 'echo',
  id: 'echo-1',
  version: '1.0.0',
  addresses: {},
  weight: 10,
  metadata: {},
  endpoints: [],
  ttlMs,
  epoch: 1,
});

/** Its watch never tells that a node expired: it tells of nothing that happens after it was muted. */
class MutedDriver extends MemoryRegistryDriver {
  muted = false;

  override watch(...[service, changed, signal]: Parameters<MemoryRegistryDriver['watch']>): Promise<void> {
    return super.watch(service, (nodes) => this.muted || changed(nodes), signal);
  }
}

/** How long after its last sign of life a view still has a node whose process died without a word. */
async function seenForMs(ttlMs: number, viewedAt: number, seed: number, how: How): Promise<number> {
  const clock = new ManualClock(seed);
  const engine = new MemoryRegistryEngine(clock);
  const driver = new MutedDriver(engine, { watch: how !== 'polled' });
  const registry = new Registry(driver, clock);
  engine.put(node(ttlMs));
  const diedAt = clock.now();
  await clock.advance(viewedAt * ttlMs);
  const view = registry.service('echo');
  await clock.settle();
  expect(view.nodes).toHaveLength(1);
  driver.muted = how === 'mute';
  let goneAt = Infinity;
  view.onChange(() => (goneAt = clock.now()));
  await clock.advance(ttlMs + 60_000);
  expect(view.nodes).toEqual([]);
  await registry.close();
  return goneAt - diedAt;
}

type How = 'watched' | 'polled' | 'mute';

const ttlMs = fc.constantFrom(1_000, 5_000, 40_000, 60_000);
/** When in the last TTL of a node somebody begins to look for it: lists are taken relative to that. */
const viewedAt = fc.double({ min: 0, max: 0.99, noNaN: true });
const settings = { seed: 20_261_122, numRuns: 60 };

test.each(['watched', 'polled'] as const)('a node that dies silently is gone a second after its TTL (%s)', (how) =>
  fc.assert(
    fc.asyncProperty(ttlMs, viewedAt, fc.integer(), async (ttl, at, seed) => {
      expect(await seenForMs(ttl, at, seed, how)).toBeLessThanOrEqual(ttl + 1_000);
    }),
    settings,
  ),
);

test('a node that dies silently is gone one re-list after its TTL, even when the watch has died too', () =>
  fc.assert(
    fc.asyncProperty(ttlMs, viewedAt, fc.integer(), async (ttl, at, seed) => {
      expect(await seenForMs(ttl, at, seed, 'mute')).toBeLessThanOrEqual(ttl + Math.min(30_000, ttl));
    }),
    settings,
  ));
