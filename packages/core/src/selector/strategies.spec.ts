import fc from 'fast-check';
import { ManualClock } from '../clock/manual-clock.js';
import type { NodeRecord } from '../registry/node-record.js';
import { ConsistentHashStrategy } from './consistent-hash.js';
import { nodes } from './fixtures/nodes.js';
import type { Answer } from './fixtures/simulation.js';
import { simulate, strategies } from './fixtures/strategies.js';
import { LeastConnectionsStrategy } from './least-connections.js';
import { P2cEwmaStrategy } from './p2c-ewma.js';
import { RoundRobinStrategy } from './round-robin.js';
import { Selector } from './selector.js';
import { WeightedStrategy } from './weighted.js';

const none: ReadonlySet<string> = new Set();
const ten = nodes(10);
const quick = (): Answer => ({ tookMs: 5 });

describe.each(strategies)('%s', (_name, type) => {
  test('spreads calls over nodes that are alike', () => {
    const simulation = simulate(type);
    simulation.run(20_000, 20, ten, quick);
    // Ten standard deviations of a fair choice are 2 per cent.
    // (A ring is as even as its points: 160 of each node, so that a tenth is anything from 7.5 to 12.5 per cent.)
    const atMost = type === ConsistentHashStrategy ? 2.5 : 2;
    for (const node of ten) expect(Math.abs(simulation.share(node) - 10)).toBeLessThan(atMost);
  });

  test('never gives a node that the call has failed on, while there is another', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.array(fc.nat(39)), fc.integer(), (count, failed, seed) => {
        const clock = new ManualClock(seed);
        const selector = new Selector(new type(clock), clock);
        const candidates = nodes(count);
        const tried = new Set(failed.filter((index) => index < count).map((index) => candidates[index]!.id));
        for (let i = 0; i < 5; i++) {
          const { node } = selector.pick('echo', candidates, { tried, key: String(i) });
          expect(candidates).toContain(node);
          if (tried.size < count) expect(tried).not.toContain(node.id);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('does not turn away from a node for errors that its service means to give', () => {
    const simulation = simulate(type);
    const strict = ten[3]!;
    simulation.run(20_000, 20, ten, (node) => ({ tookMs: 5, outcome: node === strict ? 'failure' : 'success' }));
    expect(simulation.share(strict)).toBeGreaterThan(8);
  });

  test('repeats by its seed', () => {
    const histories = [1, 1, 2].map((seed) => {
      const simulation = simulate(type, seed);
      simulation.run(500, 5, ten, quick);
      return JSON.stringify([...simulation.sent]);
    });
    expect(histories[0]).toBe(histories[1]);
  });
});

describe('weights', () => {
  const uneven = nodes(4, (index) => ({ weight: [10, 20, 30, 40][index]! }));

  test.each([WeightedStrategy, P2cEwmaStrategy, LeastConnectionsStrategy])('are shares of the calls for %p', (type) => {
    const simulation = simulate(type);
    simulation.run(40_000, 64, uneven, quick);
    const shares = uneven.map((node) => simulation.share(node));
    // Exact where the weight is the choice; where load is the choice, in the right order.
    if (type === WeightedStrategy)
      shares.forEach((share, index) => expect(Math.abs(share - 10 * (index + 1))).toBeLessThan(1.5));
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
  });
});

describe('taking turns', () => {
  test('is exact, also when nodes come and go', () => {
    const simulation = simulate(RoundRobinStrategy);
    simulation.run(100, 1, ten, quick);
    expect([...simulation.sent.values()]).toEqual(Array(10).fill(10));
    const fewer = Object.freeze(ten.slice(0, 5));
    simulation.forget();
    simulation.run(100, 1, fewer, quick);
    expect([...simulation.sent.values()]).toEqual(Array(5).fill(20));
  });

  test('is exact for calls of one service that ask for different nodes, one after the other', () => {
    const clock = new ManualClock();
    const selector = new Selector(new RoundRobinStrategy(clock), clock);
    const halves = [Object.freeze(ten.slice(0, 5)), Object.freeze(ten.slice(5))];
    const counts = new Map<string, number>();
    for (let call = 0; call < 100; call++) {
      const lease = selector.pick('echo', halves[call % 2]!, { tried: none });
      counts.set(lease.node.id, (counts.get(lease.node.id) ?? 0) + 1);
      lease.done('success');
    }
    expect([...counts.values()]).toEqual(Array(10).fill(10));
  });

  test('goes on where it was when the list changes', () => {
    const clock = new ManualClock();
    const selector = new Selector(new RoundRobinStrategy(clock), clock);
    const next = (list: readonly NodeRecord[]): string => selector.pick('echo', list, { tried: none }).node.id;
    while (next(ten) !== ten[3]!.id);
    expect(next(Object.freeze(ten.filter((_, index) => index !== 4)))).toBe(ten[5]!.id);
  });

  test('begins at different nodes in different clients', () => {
    const firsts = Array.from({ length: 64 }, (_, seed) => {
      const clock = new ManualClock(seed);
      return new Selector(new RoundRobinStrategy(clock), clock).pick('echo', ten, { tried: none }).node.id;
    });
    expect(new Set(firsts).size).toBeGreaterThan(5);
  });
});

describe('consistent hashing', () => {
  const place = (selector: Selector, candidates: readonly NodeRecord[], key: string): string => {
    const lease = selector.pick('echo', candidates, { tried: none, key });
    lease.done('success');
    return lease.node.id;
  };

  test('sends a key to one node, in every process', () => {
    const [here, there] = [1, 2].map((seed) => {
      const clock = new ManualClock(seed);
      return new Selector(new ConsistentHashStrategy(clock), clock);
    });
    for (let key = 0; key < 200; key++) {
      const chosen = place(here!, ten, `user-${key}`);
      expect(place(here!, ten, `user-${key}`)).toBe(chosen);
      expect(place(there!, ten, `user-${key}`)).toBe(chosen);
    }
  });

  test('moves only the keys of a node that leaves', () => {
    const clock = new ManualClock();
    const selector = new Selector(new ConsistentHashStrategy(clock), clock);
    const left = ten[3]!;
    const remaining = Object.freeze(ten.filter((node) => node !== left));
    let moved = 0;
    for (let key = 0; key < 5_000; key++) {
      const before = place(selector, ten, `user-${key}`);
      const after = place(selector, remaining, `user-${key}`);
      if (before === left.id) moved++;
      else expect(after).toBe(before);
    }
    expect(moved).toBeGreaterThan(300);
    expect(moved).toBeLessThan(700);
  });

  test('spreads keys evenly', () => {
    const clock = new ManualClock();
    const selector = new Selector(new ConsistentHashStrategy(clock), clock);
    const counts = new Map<string, number>();
    for (let key = 0; key < 20_000; key++) {
      const node = place(selector, ten, `user-${key}`);
      counts.set(node, (counts.get(node) ?? 0) + 1);
    }
    for (const count of counts.values()) expect(Math.abs(count - 2_000)).toBeLessThan(600);
    expect(counts.size).toBe(10);
  });
});
