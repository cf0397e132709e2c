import type { Sample } from '../soak-run.js';
import type { Point } from './trend.js';
import type { Report } from './verdict.js';

const megabyte = 1024 * 1024;
const bars = '▁▂▃▄▅▆▇█';

/** One line for one moment, with what happened since the last. */
export function sampleLine(sample: Sample, before: Sample | undefined, faults: readonly string[]): string {
  const { atMs, members } = sample;
  const [tally, last] = [sample, before].map((each) => each?.members['client']?.tally);
  const seconds = (atMs - (before?.atMs ?? 0)) / 1_000;
  const rate = tally ? `${Math.round((tally.calls - (last?.calls ?? 0)) / seconds)} calls/s` : 'no answer';
  const memory = Object.entries(members).map(([name, vitals]) =>
    `${name.replace('server ', 's')} ${vitals ? Math.round(vitals.rssBytes / megabyte) : '-'}`.padEnd(
      name === 'client' ? 10 : 6,
    ),
  );
  const delay = Math.max(0, ...Object.values(members).map((vitals) => vitals?.loopDelayP99Ms ?? 0));
  return [
    clock(atMs),
    rate.padStart(12),
    `RSS MB  ${memory.join(' ')}`,
    `p99 delay ${Math.round(delay)} ms`.padEnd(18),
    faults.join(', '),
  ]
    .join('  ')
    .trimEnd();
}

/**
 * The table, how calls ended, and the verdict.
 *
 * @param sparklines Whether to draw each process's memory over time.
 */
export function reportLines(report: Report, sparklines: boolean): string[] {
  const { observations, members, calls, skipped, failed, problems, notes } = report;
  const { seed, lastedMs, faults } = observations;
  const header = ['', 'RSS MB', 'RSS MB/min', 'heap MB/min', 'handles', 'p99 delay ms'];
  const rows = members.map(
    ({ name, rssMb, rssMbPerMinute, heapMbPerMinute, handles, handlesDrift, loopDelayP99Ms, judged }) => [
      judged ? name : `${name} (restarted)`,
      `${Math.round(rssMb[0]?.value ?? 0)} > ${Math.round(rssMb.at(-1)?.value ?? 0)}`,
      rssMbPerMinute.toFixed(2),
      heapMbPerMinute.toFixed(2),
      `${handles} ${handlesDrift < 0 ? '' : '+'}${handlesDrift}`,
      loopDelayP99Ms.toFixed(0),
      ...(sparklines ? [sparkline(rssMb)] : []),
    ],
  );
  const ended = Object.entries(failed).sort(([, one], [, two]) => two - one);
  const width = Math.max(0, ...ended.map(([code]) => code.length));
  return [
    `${clock(lastedMs)} of soak, seed ${seed}: ${faults.kill} killed, ${faults.terminate} stopped, ${faults.freeze} frozen`,
    '',
    ...[header, ...rows].map((cells) =>
      cells
        .map((cell, i) => (i === 0 ? cell.padEnd(22) : i < 6 ? cell.padStart(14) : `  ${cell}`))
        .join('')
        .trimEnd(),
    ),
    '',
    `${calls} calls${skipped > 0 ? `, ${skipped} not begun because too many were under way` : ''}`,
    ...ended.map(([code, count]) => `  ${code.padEnd(width)}  ${count}`),
    '',
    ...notes,
    ...problems,
    problems.length === 0 ? 'passed' : 'failed',
  ];
}

/** A curve in one line, from its lowest to its highest value. */
export function sparkline(points: readonly Point[], width = 40): string {
  const values = points.map(({ value }) => value);
  const [lowest, highest] = [Math.min(...values), Math.max(...values)];
  const step = Math.max(1, values.length / width);
  let line = '';
  for (let at = 0; at < values.length; at += step) {
    const height = (values[Math.floor(at)]! - lowest) / (highest - lowest || 1);
    line += bars[Math.min(bars.length - 1, Math.floor(height * bars.length))]!;
  }
  return line;
}

function clock(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`.padStart(6);
}
