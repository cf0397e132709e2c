import type { NodeRecord } from '../registry/node-record.js';
import { nodes } from './fixtures/nodes.js';
import type { Answer, Simulation } from './fixtures/simulation.js';
import { simulate, strategies } from './fixtures/strategies.js';
import { LeastConnectionsStrategy } from './least-connections.js';
import { P2cEwmaStrategy } from './p2c-ewma.js';
import { RandomStrategy } from './random.js';
import { RoundRobinStrategy } from './round-robin.js';

const ten = nodes(10);
const odd = ten[3]!;
const quick = (): Answer => ({ tookMs: 5 });

/** When the node was called, in ms since the first call of the run. */
function callsTo(simulation: Simulation, calls: number, answer: (node: NodeRecord) => Answer): number[] {
  const begun = simulation.clock.at;
  const times: number[] = [];
  simulation.run(calls, 20, ten, (node) => {
    if (node === odd) times.push(simulation.clock.at - begun);
    return answer(node);
  });
  return times;
}

describe('one node of ten is slow', () => {
  const answer = (node: NodeRecord): Answer => ({ tookMs: node === odd ? 100 : 5 });
  const watchful = [
    [LeastConnectionsStrategy, 3],
    [P2cEwmaStrategy, 1],
  ] as const;

  test.each(watchful)('%p gives it little', (type, atMost) => {
    const simulation = simulate(type);
    simulation.run(20_000, 20, ten, answer);
    expect(simulation.share(odd)).toBeLessThan(atMost);
    expect(simulation.share(odd)).toBeGreaterThan(0);
  });

  test('P2cEwmaStrategy gives it little even when it is one of two', () => {
    const two = Object.freeze(ten.slice(3, 5));
    const simulation = simulate(P2cEwmaStrategy);
    simulation.run(20_000, 4, two, answer);
    expect(simulation.share(odd)).toBeLessThan(2);
  });

  test('P2cEwmaStrategy gives it more again within seconds of being quick again', () => {
    const simulation = simulate(P2cEwmaStrategy);
    simulation.run(5_000, 20, ten, answer);
    simulation.clock.at += 30_000;
    simulation.forget();
    simulation.run(20_000, 20, ten, quick);
    // Of ten, over the first five seconds.
    expect(simulation.share(odd)).toBeGreaterThan(5);
  });

  const blind = strategies.filter(([, type]) => !watchful.some(([each]) => each === type));

  test.each(blind)('%s does not look at that, and keeps its distribution', (_name, type) => {
    const simulation = simulate(type);
    simulation.run(20_000, 20, ten, answer);
    for (const node of ten) expect(Math.abs(simulation.share(node) - 10)).toBeLessThan(2.5);
  });
});

describe.each(strategies)('one node of ten fails: %s', (_name, type) => {
  // A thousand calls are a second.
  const failing = (node: NodeRecord): Answer => ({ tookMs: 20, outcome: node === odd ? 'transport' : 'success' });
  const mended = (): Answer => ({ tookMs: 20 });

  test('sends it only probes: after 5 s, and after 10 s more', () => {
    const times = callsTo(simulate(type), 25_000, failing);
    // Some had begun before its third failure was known.
    const probes = times.filter((time) => time > 1_000);
    expect(probes).toHaveLength(2);
    expect(Math.abs(probes[0]! - 5_200)).toBeLessThan(500);
    expect(Math.abs(probes[1]! - probes[0]! - 10_200)).toBeLessThan(500);
    expect(times.length).toBeLessThan(40);
  });

  test('gives it its share again after the first probe that succeeds', () => {
    const simulation = simulate(type);
    callsTo(simulation, 1_000, failing);
    simulation.clock.at += 5_000;
    simulation.forget();
    simulation.run(10_000, 20, ten, mended);
    expect(simulation.share(odd)).toBeGreaterThan(7);
    expect(simulation.share(odd)).toBeLessThan(13);
  });
});

describe.each(strategies)('one node of eleven is new: %s', (_name, type) => {
  const joined = nodes(11)[10]!;
  // The old records are kept, as the registry keeps them.
  const eleven = Object.freeze([...ten, joined]);

  test('gives it its share at once, and does not flood it', () => {
    const simulation = simulate(type);
    simulation.run(5_000, 20, ten, quick);
    simulation.forget();
    simulation.run(440, 20, eleven, quick);
    // A fair share is forty calls, with a deviation of six when it is left to chance.
    expect(simulation.sent.get(joined.id)).toBeGreaterThan(15);
    expect(simulation.sent.get(joined.id)).toBeLessThan(65);
    simulation.run(11_000, 20, eleven, quick);
    expect(simulation.share(joined)).toBeGreaterThan(6);
    expect(simulation.share(joined)).toBeLessThan(13);
  });
});

describe('a new node whose first answer takes 200 ms', () => {
  const joined = nodes(11)[10]!;
  const eleven = Object.freeze([...ten, joined]);

  /** How many calls it got before its first answer came, and what per cent of those in the twenty seconds after. */
  function warmUp(type: (typeof strategies)[number][1]): { before: number; after: number } {
    const simulation = simulate(type);
    simulation.run(5_000, 20, ten, quick);
    const begun = simulation.clock.at;
    let before = 0;
    const answer = (node: NodeRecord): Answer => {
      const cold = node === joined && simulation.clock.at < begun + 200;
      if (cold) before++;
      return { tookMs: cold ? 200 : 5 };
    };
    simulation.run(2_000, 20, eleven, answer);
    simulation.forget();
    simulation.run(80_000, 20, eleven, answer);
    return { before, after: simulation.share(joined) };
  }

  test('gets one call from P2cEwmaStrategy until it has answered, and is not left alone for it', () => {
    const { before, after } = warmUp(P2cEwmaStrategy);
    expect(before).toBe(1);
    expect(after).toBeGreaterThan(5);
  });

  test('gets no more calls at once than the others from LeastConnectionsStrategy', () => {
    const { before, after } = warmUp(LeastConnectionsStrategy);
    expect(before).toBeLessThanOrEqual(4);
    expect(after).toBeGreaterThan(7);
  });

  test.each([RandomStrategy, RoundRobinStrategy])('gets its share from %p', (type) => {
    expect(warmUp(type).after).toBeGreaterThan(8);
  });
});
