import fc from 'fast-check';
import { ManualClock } from '../clock/manual-clock.js';
import type { NodeRecord } from '../registry/node-record.js';
import { TrackedNode } from './candidate.js';
import { CandidateGroup } from './candidate-group.js';
import { ConsistentHashStrategy } from './consistent-hash.js';
import { eject } from './fixtures/eject.js';
import { nodes } from './fixtures/nodes.js';
import { strategies, type StrategyClass } from './fixtures/strategies.js';
import { RandomStrategy } from './random.js';
import { Selector } from './selector.js';
import { ownShare } from './zones.js';

const none: ReadonlySet<string> = new Set();

/** Half here, half there, and one that does not say. */
const list = nodes(21, (index) => (index === 20 ? {} : { zone: index % 2 === 0 ? 'here' : 'there' }));
const here = list.filter(({ zone }) => zone === 'here');

function selectorOf(type: StrategyClass, zone = 'here', clock = new ManualClock(5)): Selector {
  return new Selector(new type(clock), clock, { zone });
}

/** What per cent of the calls stays in the zone. */
function stays(selector: Selector, all = list, tried = none, calls = 4_000): number {
  let local = 0;
  for (let call = 0; call < calls; call++) {
    const lease = selector.pick('echo', all, { tried });
    if (lease.node.zone === 'here') local++;
    lease.done('cancelled');
  }
  return (100 * local) / calls;
}

describe.each(strategies)('the own zone, with %s', (_name, type) => {
  // Ten nodes are here: 1.4 times the share that is left.
  test.each([
    [0, 100],
    [2, 100],
    [3, 98],
    [5, 70],
    [8, 28],
    [10, 0],
  ])('with %d of its ten nodes ejected keeps %d per cent of the calls', (broken, expected) => {
    const selector = selectorOf(type);
    eject(selector, list, here.slice(0, broken));
    const kept = stays(selector);
    // All or nothing is exact; in between, three deviations of a fair choice are 2.2 per cent.
    if (expected === 100 || expected === 0) expect(kept).toBe(expected);
    else expect(Math.abs(kept - expected)).toBeLessThan(2.3);
  });

  test('does not count when no node is in it, or all are', () => {
    const elsewhere = selectorOf(type, 'nowhere');
    expect(Math.abs(stays(elsewhere) - 100 * (10 / 21))).toBeLessThan(4);
    const local = Object.freeze(here);
    expect(stays(selectorOf(type), local)).toBe(100);
  });
});

describe('the own zone', () => {
  test('is left by a call that has tried its nodes, in proportion', () => {
    const selector = selectorOf(RandomStrategy);
    const tried = (count: number): Set<string> => new Set(here.slice(0, count).map(({ id }) => id));
    expect(stays(selector, list, tried(2))).toBe(100);
    expect(Math.abs(stays(selector, list, tried(5)) - 70)).toBeLessThan(2.3);
    expect(stays(selector, list, tried(10))).toBe(0);
  });

  test('is probed when all of it is ejected, and has everything again when it is mended', async () => {
    const clock = new ManualClock(5);
    const selector = selectorOf(RandomStrategy, 'here', clock);
    eject(selector, list, here);
    expect(stays(selector, list, none, 500)).toBe(0);
    await clock.advance(5_000);
    // One call for each node; those that are no probes go elsewhere.
    const probes = here.map(() => selector.pick('echo', list, { tried: none }));
    expect(new Set(probes.map(({ node }) => node))).toEqual(new Set(here));
    expect(stays(selector, list, none, 500)).toBe(0);
    for (const probe of probes.slice(0, 5)) probe.done('success');
    expect(Math.abs(stays(selector) - 70)).toBeLessThan(2.3);
    for (const probe of probes.slice(5)) probe.done('success');
    expect(stays(selector)).toBe(100);
  });

  test('takes its part when both sides are weak, in proportion to what each can take', () => {
    // One of ten here, eleven of twenty there: 0.14 and 0.77, of which 15.4 per cent are here.
    const wide = nodes(30, (index) => ({ zone: index < 10 ? 'here' : 'there' }));
    const selector = selectorOf(RandomStrategy);
    eject(selector, wide, [...wide.slice(0, 8), ...wide.slice(10, 17)]);
    const tried = new Set([wide[8]!, wide[17]!, wide[18]!].map(({ id }) => id));
    const expected = (100 * 0.14) / (0.14 + 1.4 * (11 / 20));
    expect(Math.abs(stays(selector, wide, tried, 8_000) - expected)).toBeLessThan(1.5);
  });

  test('does not count while most of all nodes are ejected', () => {
    const wide = nodes(10, (index) => ({ zone: index < 5 ? 'here' : 'there' }));
    const selector = selectorOf(RandomStrategy);
    eject(selector, wide, wide.slice(0, 5));
    const rest = Object.freeze(wide.slice(0, 6));
    expect(Math.abs(stays(selector, rest) - 100 * (5 / 6))).toBeLessThan(2.5);
  });

  test('does not part calls that have a key, where keys are kept: they meet from everywhere', () => {
    const callers = ['here', 'there', 'nowhere'].map((zone, seed) =>
      selectorOf(ConsistentHashStrategy, zone, new ManualClock(seed)),
    );
    const zones = new Set<string | undefined>();
    for (let call = 0; call < 100; call++) {
      const met = callers.map((selector) => selector.pick('echo', list, { tried: none, key: `user-${call}` }).node);
      expect(new Set(met).size).toBe(1);
      zones.add(met[0]!.zone);
    }
    expect(zones.size).toBe(3);
  });

  test('keeps the share that the formula says, whatever is ejected and tried', () => {
    const side = fc.array(fc.record({ ejected: fc.boolean(), tried: fc.boolean() }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(side, side, (own, others) => {
        const tried = new Set<string>();
        const group = (members: typeof own, offset: number): CandidateGroup => {
          const records = nodes(offset + members.length).slice(offset);
          const tracked = members.map((each, index) => track(records[index]!, each.ejected));
          members.forEach((each, index) => each.tried && tried.add(records[index]!.id));
          return new CandidateGroup(tracked, () => 0);
        };
        const zones = { own: group(own, 0), others: group(others, 100) };
        tried.add('one that has left');
        const health = (side: typeof own): number =>
          side.filter((each) => !each.ejected && !each.tried).length / side.length;
        const kept = Math.min(1, 1.4 * health(own));
        const spilled = Math.min(1 - kept, 1.4 * health(others));
        const share = ownShare(zones, tried);
        if (kept + spilled === 0) expect(share).toBeNaN();
        else expect(share).toBeCloseTo(kept / (kept + spilled), 12);
      }),
    );
  });
});

function track(record: NodeRecord, ejected: boolean): TrackedNode {
  const node = new TrackedNode(record, () => 0);
  if (ejected) node.ejectedUntil = 1;
  return node;
}
