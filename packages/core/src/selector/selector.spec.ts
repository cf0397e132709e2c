import { ManualClock } from '../clock/manual-clock.js';
import { eject } from './fixtures/eject.js';
import { nodes } from './fixtures/nodes.js';
import { Simulation } from './fixtures/simulation.js';
import { RoundRobinStrategy } from './round-robin.js';
import type { Outcome } from './outcome.js';
import { Selector } from './selector.js';
import { SelectionStrategy, type Choice } from './strategy.js';
import type { Candidate } from './candidate.js';

const none: ReadonlySet<string> = new Set();
const ten = nodes(10);

/** Calls each of `ids` once, with that outcome, and gives the ids that are still chosen in a hundred calls. */
function chosenAfter(selector: Selector, list = ten, calls = 100): Set<string> {
  const chosen = new Set<string>();
  for (let call = 0; call < calls; call++) {
    const lease = selector.pick('echo', list, { tried: none });
    chosen.add(lease.node.id);
    lease.done('cancelled');
  }
  return chosen;
}

/** Lets the nodes with these indexes fail until they would be ejected. */
function fail(selector: Selector, indexes: readonly number[], outcome: Outcome = 'transport', list = ten): void {
  const targets = new Set(indexes.map((index) => list[index]!.id));
  for (let call = 0; call < list.length * 6; call++) {
    const lease = selector.pick('echo', list, { tried: none });
    lease.done(targets.has(lease.node.id) ? outcome : 'success');
  }
}

function roundRobin(clock = new ManualClock()): Selector {
  return new Selector(new RoundRobinStrategy(clock), clock);
}

describe('the selector', () => {
  test('ejects a node that keeps failing, for the transport or for overload', () => {
    for (const outcome of ['transport', 'overload'] as const) {
      const selector = roundRobin();
      fail(selector, [2], outcome);
      const chosen = chosenAfter(selector);
      expect(chosen.size).toBe(9);
      expect(chosen).not.toContain(ten[2]!.id);
    }
  });

  test('ejects nobody for errors of the service, nor for calls that were given up', () => {
    for (const outcome of ['failure', 'cancelled', 'success'] as const) {
      const selector = roundRobin();
      fail(selector, [2], outcome);
      expect(chosenAfter(selector).size).toBe(10);
    }
  });

  test('never ejects more than half of the nodes, and never the last one', () => {
    const selector = roundRobin();
    fail(selector, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(chosenAfter(selector).size).toBe(5);
    const alone = nodes(1);
    const lonely = roundRobin();
    fail(lonely, [0], 'transport', alone);
    expect(chosenAfter(lonely, alone)).toEqual(new Set([alone[0]!.id]));
  });

  test('takes them all back when healthy ones have left and most of the rest is ejected', () => {
    const selector = roundRobin();
    fail(selector, [0, 1, 2, 3, 4]);
    expect(chosenAfter(selector).size).toBe(5);
    const rest = Object.freeze(ten.slice(0, 6));
    expect(chosenAfter(selector, rest).size).toBe(6);
  });

  test('probes an ejected node with one call at a time, and takes it back when that succeeds', async () => {
    const clock = new ManualClock();
    const selector = roundRobin(clock);
    fail(selector, [2]);
    await clock.advance(5_000);
    const open = Array.from({ length: 30 }, () => selector.pick('echo', ten, { tried: none }));
    const probes = open.filter(({ node }) => node === ten[2]);
    expect(probes).toHaveLength(1);
    probes[0]!.done('success');
    expect(chosenAfter(selector)).toContain(ten[2]!.id);
  });

  test('ejects for longer each time that a probe fails, and for at most five minutes', async () => {
    const clock = new ManualClock();
    const selector = roundRobin(clock);
    fail(selector, [2]);
    let waitMs = 5_000;
    for (let round = 0; round < 9; round++) {
      await clock.advance(waitMs - 1);
      expect(chosenAfter(selector, ten, 20)).not.toContain(ten[2]!.id);
      await clock.advance(1);
      const probe = Array.from({ length: 10 }, () => selector.pick('echo', ten, { tried: none }));
      for (const lease of probe) lease.done(lease.node === ten[2] ? 'transport' : 'cancelled');
      waitMs = Math.min(waitMs * 2, 300_000);
    }
    expect(waitMs).toBe(300_000);
  });

  test('takes the end of calls that had begun before for nothing new', async () => {
    const clock = new ManualClock();
    const selector = roundRobin(clock);
    const open = Array.from({ length: 300 }, () => selector.pick('echo', ten, { tried: none }));
    for (const lease of open) lease.done(lease.node === ten[2] ? 'transport' : 'success');
    await clock.advance(5_000);
    expect(chosenAfter(selector)).toContain(ten[2]!.id);
  });

  test('begins anew with a node that has registered anew', () => {
    const selector = roundRobin();
    fail(selector, [2]);
    const again = Object.freeze(ten.map((node, index) => (index === 2 ? Object.freeze({ ...node, epoch: 2 }) : node)));
    expect(chosenAfter(selector, again)).toContain(ten[2]!.id);
  });

  test('prefers a node that is ejected to one that this very call has failed on', () => {
    const pair = nodes(2);
    const selector = roundRobin();
    fail(selector, [0], 'transport', pair);
    const lease = selector.pick('echo', pair, { tried: new Set([pair[1]!.id]) });
    expect(lease.node).toBe(pair[0]);
  });

  test('asks a strategy of the application’s own, and shows it what was learned', () => {
    const seen: Candidate[] = [];
    class Quickest extends SelectionStrategy {
      override choose(candidates: readonly Candidate[], choice: Choice): Candidate {
        const fit = candidates.filter((candidate) => choice.allowed(candidate));
        seen.splice(0, seen.length, ...candidates);
        return fit.reduce((best, each) => (each.latencyMs < best.latencyMs ? each : best));
      }
    }
    const simulation = new Simulation(() => new Quickest());
    simulation.run(100, 1, ten, (node) => ({ tookMs: node === ten[4] ? 1 : 50 }));
    expect(simulation.share(ten[4]!)).toBeGreaterThan(80);
    expect(seen[4]!.latencyMs).toBeLessThan(seen[3]!.latencyMs);
    expect(seen.every(({ inFlight }) => inFlight <= 1)).toBe(true);
  });

  test('judges a stream by its first item, not by how long it goes on', async () => {
    const clock = new ManualClock();
    const selector = roundRobin(clock);
    const list = nodes(1);
    const lease = selector.pick('echo', list, { tried: none });
    await clock.advance(10);
    lease.answered();
    await clock.advance(60_000);
    lease.done('success');
    let latencyMs = 0;
    class Look extends SelectionStrategy {
      override choose(candidates: readonly Candidate[]): Candidate {
        latencyMs = candidates[0]!.latencyMs;
        return candidates[0]!;
      }
    }
    const probe = new Selector(new Look(), clock);
    probe.pick('echo', list, { tried: none });
    expect(latencyMs).toBeLessThanOrEqual(10);
  });

  test('leaves nobody out of a list of which most are ejected, and still does of the others', () => {
    const selector = roundRobin();
    eject(selector, ten, ten.slice(0, 3));
    const some = Object.freeze(ten.slice(0, 5));
    expect(chosenAfter(selector, some).size).toBe(5);
    expect(chosenAfter(selector, ten).size).toBe(7);
  });

  test('takes nobody back because a call asked for that very node', () => {
    const selector = roundRobin();
    eject(selector, ten, [ten[2]!]);
    const only = Object.freeze([ten[2]!]);
    selector.pick('echo', only, { tried: none }).done('cancelled');
    expect(chosenAfter(selector)).not.toContain(ten[2]!.id);
    selector.pick('echo', only, { tried: none }).done('success');
    expect(chosenAfter(selector)).toContain(ten[2]!.id);
  });

  test('probes a node that still has old calls, and believes the first item of a stream', async () => {
    const clock = new ManualClock();
    const selector = roundRobin(clock);
    const old = selector.pick('echo', Object.freeze([ten[2]!]), { tried: none });
    eject(selector, ten, [ten[2]!]);
    await clock.advance(5_000);
    const open = Array.from({ length: 10 }, () => selector.pick('echo', ten, { tried: none }));
    const [probe] = open.filter(({ node }) => node === ten[2]);
    expect(probe).toBeDefined();
    expect(chosenAfter(selector)).not.toContain(ten[2]!.id);
    // An old call tells nothing of how the node is now, good or bad.
    old.done('transport');
    probe!.answered();
    expect(chosenAfter(selector)).toContain(ten[2]!.id);
  });

  test('probes with the next call when the one that was to probe is given up', async () => {
    const clock = new ManualClock();
    const selector = roundRobin(clock);
    eject(selector, ten, [ten[2]!]);
    await clock.advance(5_000);
    for (let round = 0; round < 3; round++) {
      const open = Array.from({ length: 20 }, () => selector.pick('echo', ten, { tried: none }));
      expect(open.filter(({ node }) => node === ten[2])).toHaveLength(1);
      for (const lease of open) lease.done('cancelled');
    }
  });
});
