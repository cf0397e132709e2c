import type { Vitals } from '../member/vitals.js';
import type { Observations, Sample } from '../soak-run.js';
import { sparkline } from './lines.js';
import { drift, slopePerMinute, type Point } from './trend.js';
import { judge } from './verdict.js';

const megabyte = 1024 * 1024;
const names = ['client', 'server 1', 'server 2', 'server 3'];
const minutes = 10;

type Member = (name: string, minute: number) => Partial<Vitals>;

/** A sample every 5 s; in the first two minutes everything grows, as it does while it warms up. */
function observed(member: Member = () => ({}), more: Partial<Observations> = {}): Observations {
  const samples: Sample[] = [];
  for (let atMs = 5_000; atMs <= minutes * 60_000; atMs += 5_000) {
    const minute = atMs / 60_000;
    const vitals = (name: string): Vitals => ({
      pid: 1,
      // Up and down by 2 MB, as collections come and go.
      rssBytes: (80 + 20 * Math.min(minute, 2) + 2 * Math.sin(atMs)) * megabyte,
      heapBytes: 30 * megabyte,
      handles: 10 + Math.round(5 * Math.sin(atMs)),
      loopDelayP99Ms: 12,
      unhandled: [],
      ...(name === 'client' ? { tally: { calls: atMs, skipped: 0, failed: {}, unexpected: {} } } : {}),
      ...member(name, minute),
    });
    samples.push({ atMs, members: Object.fromEntries(names.map((name) => [name, vitals(name)])) });
  }
  const faults = { kill: 3, terminate: 2, freeze: 4 };
  return { seed: 1, lastedMs: minutes * 60_000, names, samples, faults, crashes: [], ...more };
}

const growing = (who: string, megabytesPerMinute: number): Member => {
  return (name, minute) => (name === who ? { rssBytes: (80 + megabytesPerMinute * minute) * megabyte } : {});
};

describe('a soak', () => {
  test('passes where memory is flat once it is warm, and says what it saw', () => {
    const { problems, members, calls } = judge(observed());
    expect(problems).toEqual([]);
    expect(calls).toBe(600_000);
    expect(members.map(({ name }) => name)).toEqual(names);
    expect(members[0]!.rssMbPerMinute).toBeCloseTo(0, 0);
    expect(members[0]!.loopDelayP99Ms).toBe(12);
  });

  test.each(['client', 'server 3'])('fails where %s grows by more than 1 MB a minute', (who) => {
    expect(judge(observed(growing(who, 0.9))).problems).toEqual([]);
    const { problems } = judge(observed(growing(who, 1.2)));
    expect(problems).toEqual([expect.stringContaining(`${who} grows by 1.20 MB/min`)]);
  });

  test('does not judge the memory of servers that were started again', () => {
    expect(judge(observed(growing('server 1', 50))).problems).toEqual([]);
  });

  test('fails where handles become more and more', () => {
    const leak: Member = (name, minute) => (name === 'client' ? { handles: 10 + Math.round(20 * minute) } : {});
    expect(judge(observed(leak)).problems).toEqual([expect.stringMatching(/^client has \d+ handles more/)]);
  });

  test('fails for what nobody handled, once for each, also in a server that is gone', () => {
    const broken: Member = (name, minute) =>
      name === 'server 2' && minute < 3 ? { unhandled: ['Error: nobody caught this'] } : {};
    expect(judge(observed(broken)).problems).toEqual(['unhandled: Error: nobody caught this']);
  });

  test('fails for an unexpected end of a call, and for a process that ended by itself', () => {
    const unexpected = { 'read: SOAK_WRONG_REPLY': 2 };
    const wrong: Member = (name) =>
      name === 'client' ? { tally: { calls: 5, skipped: 0, failed: { SOAK_WRONG_REPLY: 2 }, unexpected } } : {};
    const { problems, failed } = judge(observed(wrong, { crashes: ['client ended with SIGSEGV'] }));
    expect(problems).toEqual(['client ended with SIGSEGV', '2 times unexpected: read: SOAK_WRONG_REPLY']);
    expect(failed).toEqual({ SOAK_WRONG_REPLY: 2 });
  });

  test('fails where no call was made', () => {
    expect(judge(observed((name) => (name === 'client' ? { tally: undefined } : {}))).problems).toEqual([
      'no call was made',
    ]);
  });

  test('that is too short shows no trend, and says so', () => {
    const { problems, notes } = judge(observed(growing('client', 50), { lastedMs: 4 * 60_000 }));
    expect(problems).toEqual([]);
    expect(notes).toEqual([expect.stringContaining('less than 5 minutes')]);
  });
});

describe('a trend', () => {
  const points = (...values: number[]): Point[] => values.map((value, i) => ({ atMs: i * 30_000, value }));

  test('is what it grows each minute', () => {
    expect(slopePerMinute(points(1, 2, 3, 4))).toBeCloseTo(2);
    expect(slopePerMinute(points(4, 3, 2, 1))).toBeCloseTo(-2);
    expect(slopePerMinute(points(7))).toBe(0);
    expect(slopePerMinute([])).toBe(0);
  });

  test('does not see that a value dips and comes back, and sees what goes on growing', () => {
    expect(slopePerMinute(points(84, 92, 108, 109, 108, 109, 108, 109, 108, 109))).toBeLessThan(1);
    const leaking = points(...Array.from({ length: 20 }, (_, i) => 100 + i * 1.5 + (i % 3 === 0 ? -20 : 0)));
    expect(slopePerMinute(leaking)).toBeGreaterThan(2);
  });

  test('of handles does not see single outliers', () => {
    expect(drift(points(5, 5, 900, 5, 5, 5, 5, 5, 5))).toBe(0);
    expect(drift(points(5, 5, 5, 7, 7, 7, 9, 9, 9))).toBe(4);
  });

  test('is drawn from its lowest to its highest value', () => {
    expect(sparkline(points(0, 1, 2, 3, 4, 5, 6, 7))).toBe('▁▂▃▄▅▆▇█');
    expect(sparkline(points(5, 5, 5))).toBe('▁▁▁');
    expect(sparkline(points(...Array.from({ length: 1_000 }, (_, i) => i)), 40)).toHaveLength(40);
    expect(sparkline([])).toBe('');
  });
});
