import { openHandles } from '@skerry-private/test-kit';
import { operations } from './member/operations.js';
import { reportLines, sampleLine } from './report/lines.js';
import { judge } from './report/verdict.js';
import { soak, type Sample } from './soak-run.js';

const members = new URL('../dist/member/', import.meta.url);

test('a short soak makes every kind of call, meets every fault, and reports on all processes', async () => {
  const handles = openHandles();
  const lines: string[] = [];
  let before: Sample | undefined;
  const observations = await soak({
    durationMs: 5_000,
    seed: 3,
    members,
    callsPerSecond: 300,
    sampleEveryMs: 1_000,
    faults: { everyMs: [100, 300], frozenMs: 300 },
    sampled: (sample, faults) => {
      lines.push(sampleLine(sample, before, faults));
      before = sample;
    },
  });
  const report = judge(observations);
  expect(report.problems).toEqual([]);
  expect(observations.samples.length).toBeGreaterThanOrEqual(2);
  expect(report.members.map(({ name, judged }) => [name, judged])).toEqual([
    ['client', true],
    ['server 1', false],
    ['server 2', false],
    ['server 3', true],
  ]);
  // The others may never have lived long enough to be asked.
  for (const { rssMb, heapMbPerMinute, handles: open } of report.members.filter(({ judged }) => judged)) {
    expect(rssMb.at(-1)!.value).toBeGreaterThan(20);
    expect(heapMbPerMinute).not.toBeNaN();
    expect(open).toBeGreaterThan(0);
  }
  expect(report.calls).toBeGreaterThan(100);
  const wanted = operations.flatMap(({ endsWith = [] }) => endsWith);
  expect(Object.keys(report.failed)).toEqual(expect.arrayContaining(wanted));
  expect(Object.values(observations.faults).reduce((sum, count) => sum + count)).toBeGreaterThan(0);
  expect(lines.at(-1)).toMatch(/calls\/s .*RSS MB +client \d+ +s1 .*p99 delay \d+ ms/);
  expect(reportLines(report, true).at(-1)).toBe('passed');
  await handles.nothingMore();
}, 60_000);

test('a soak that is interrupted ends in order, with what it saw', async () => {
  const stop = new AbortController();
  const observations = await soak({
    durationMs: 600_000,
    seed: 1,
    members,
    callsPerSecond: 100,
    sampleEveryMs: 300,
    sampled: () => stop.abort(),
    signal: stop.signal,
  });
  expect(observations.crashes).toEqual([]);
  expect(observations.lastedMs).toBeLessThan(60_000);
  expect(observations.samples.length).toBeGreaterThan(0);
}, 60_000);
