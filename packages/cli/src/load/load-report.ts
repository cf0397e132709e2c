import type { Colours } from '../terminal/colours.js';
import { printable, printableLine } from '../terminal/printable.js';
import { labelled } from '../terminal/rows.js';
import type { LoadRun } from './load-run.js';

/** What was done, in words. */
export interface LoadSubject {
  /** `greeter.hello`, `orders.placed`. */
  readonly name: string;
  /** Of more than one: `calls`. */
  readonly unit: string;
}

/** The result as data, for programs. Times in ms. */
export function loadJson({ name, unit }: LoadSubject, run: LoadRun, interrupted: boolean): object {
  const { plan, latencies, succeeded, failed, elapsedMs, errors, notBegun } = run;
  const { perSecond, concurrency } = plan;
  return {
    ...{ name, unit, succeeded, failed, interrupted },
    elapsedMs: rounded(elapsedMs),
    perSecond: rounded(perSecondOf(run)),
    concurrency,
    ...(perSecond === undefined ? {} : { asked: { perSecond, notBegun } }),
    correctedForCoordinatedOmission: perSecond !== undefined,
    latencyMs:
      latencies.count === 0
        ? null
        : Object.fromEntries(figures(run).map(([label, ms]) => [label.replace('.', '_'), rounded(ms)])),
    histogram: latencies.ranges(),
    errors: [...errors].map(([code, { count, example }]) => ({ code, count, example })),
  };
}

/** The result for people. */
export function loadText(
  { name, unit }: LoadSubject,
  run: LoadRun,
  interrupted: boolean,
  { bold, cyan, dim, red, yellow }: Colours,
  columns: number,
): string[] {
  const { plan, succeeded, failed, errors, notBegun, latencies } = run;
  const total = succeeded + failed;
  const rate = `${numeral(perSecondOf(run))} ${unit}/s`;
  const asked = plan.perSecond === undefined ? '' : ` of ${numeral(plan.perSecond)} that were asked for`;
  const head = `${numeral(total)} ${unit} of ${printableLine(name)} in ${timeText(run.elapsedMs)}, at most ${numeral(plan.concurrency)} at once`;
  return [
    `${bold(head)}${interrupted ? `  ${yellow('interrupted')}` : ''}`,
    ...labelled([
      ['rate', `${bold(rate)}${asked}`],
      ['failed', failed === 0 ? '0' : red(`${numeral(failed)} (${percentText(failed, total)})`)],
      ...(notBegun > 0
        ? [
            [
              'late',
              yellow(
                `${numeral(notBegun)} were due and not begun: all ${numeral(plan.concurrency)} at once were under way`,
              ),
            ] as const,
          ]
        : []),
    ]),
    ...(latencies.count > 0 ? ['', ...latencyText(run, dim), '', ...bars(run, cyan, columns)] : []),
    ...(errors.size > 0 ? ['', bold('Errors'), ...errorRows(run)] : []),
  ];
}

/** One line about how it goes, while it goes. */
export function progressText({ unit }: LoadSubject, run: LoadRun): string {
  const { plan, succeeded, failed, latencies } = run;
  const total = succeeded + failed;
  const of = Number.isFinite(plan.repeat) ? ` of ${numeral(plan.repeat)}` : '';
  const time = Number.isFinite(plan.durationMs) ? ` of ${timeText(plan.durationMs)}` : '';
  const slow = latencies.count > 0 ? `, p99 ${timeText(latencies.percentile(99))}` : '';
  return `${numeral(total)}${of} ${unit} in ${timeText(run.elapsedMs)}${time}, ${numeral(perSecondOf(run))}/s, ${numeral(failed)} failed${slow}`;
}

function figures({ latencies }: LoadRun): [label: string, ms: number][] {
  return [
    ['min', latencies.min],
    ['mean', latencies.mean],
    ...[50, 90, 99, 99.9].map((percent): [string, number] => [`p${percent}`, latencies.percentile(percent)]),
    ['max', latencies.max],
  ];
}

function latencyText(run: LoadRun, dim: Colours['dim']): string[] {
  const cells = figures(run).map(([label, ms]) => ({ label, text: timeText(ms) }));
  const widths = cells.map(({ label, text }) => Math.max(label.length, text.length));
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, at) => text.padEnd(widths[at]!))
      .join('  ')
      .trimEnd();
  const note = run.plan.perSecond === undefined ? '' : '  from when each was due';
  return [
    `  ${dim(`latency  ${line(cells.map(({ label }) => label))}${note}`)}`,
    `           ${line(cells.map(({ text }) => text))}`,
  ];
}

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

function bars({ latencies }: LoadRun, cyan: Colours['cyan'], columns: number): string[] {
  const ranges = latencies.ranges();
  const labels = ranges.map(({ fromMs, toMs }) => [timeText(fromMs), timeText(toMs)] as const);
  const widths = [0, 1].map((side) => Math.max(...labels.map((each) => each[side]!.length)));
  const most = Math.max(...ranges.map(({ count }) => count));
  const counts = Math.max(...ranges.map(({ count }) => numeral(count).length));
  const room = Math.max(10, Math.min(50, columns - widths[0]! - widths[1]! - counts - 10));
  return ranges.map(({ count }, at) => {
    // What is there at all is seen.
    const parts = count === 0 ? 0 : Math.max(1, Math.round((count / most) * room * 8));
    const bar = '█'.repeat(Math.floor(parts / 8)) + eighths[parts % 8]!;
    const [from, to] = labels[at]!;
    return `  ${from.padStart(widths[0]!)} - ${to.padStart(widths[1]!)}  ${numeral(count).padStart(counts)}  ${cyan(bar)}`.trimEnd();
  });
}

function errorRows({ errors }: LoadRun): string[] {
  const tallies = [...errors].sort(([, a], [, b]) => b.count - a.count);
  const width = Math.max(...tallies.map(([, { count }]) => numeral(count).length));
  return labelled(
    tallies.map(([code, { count, example }]) => [
      `${numeral(count).padStart(width)}  ${printableLine(code)}`,
      printable(example.split('\n')[0]!),
    ]),
  );
}

function perSecondOf({ succeeded, failed, elapsedMs }: LoadRun): number {
  return elapsedMs > 0 ? ((succeeded + failed) * 1_000) / elapsedMs : 0;
}

/** `0.31 ms`, `4.2 ms`, `153 ms`, `12.3 s`. */
function timeText(ms: number): string {
  if (ms >= 1_000) return `${significant(ms / 1_000)} s`;
  return `${significant(ms)} ms`;
}

function significant(value: number): string {
  return value >= 100 ? numeral(value) : String(Number(value.toPrecision(value < 1 ? 2 : 3)));
}

function numeral(value: number): string {
  return (value >= 10 ? Math.round(value) : rounded(value)).toLocaleString('en');
}

function percentText(part: number, whole: number): string {
  return `${significant((part / whole) * 100)} %`;
}

/** To a microsecond. */
function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
