import type { Vitals } from '../member/vitals.js';
import type { Observations } from '../soak-run.js';
import { drift, median, secondHalf, slopePerMinute, type Point } from './trend.js';

const megabyte = 1024 * 1024;
const limits = { rssMbPerMinute: 1, handlesShare: 0.2, handles: 20 };
/** What warms up late is a slope of its own in less than this. */
const judgeableMs = 150_000;

/** How one process did. */
export interface MemberReport {
  readonly name: string;
  readonly rssMb: readonly Point[];
  /** Over the second half. */
  readonly rssMbPerMinute: number;
  readonly heapMbPerMinute: number;
  readonly handles: number;
  readonly handlesDrift: number;
  readonly loopDelayP99Ms: number;
  /** It lived as long as the soak, so its trends mean something. */
  readonly judged: boolean;
}

export interface Report {
  readonly observations: Observations;
  readonly members: readonly MemberReport[];
  readonly calls: number;
  readonly skipped: number;
  readonly failed: Readonly<Record<string, number>>;
  readonly unhandled: readonly string[];
  /** What is wrong; nothing where it passed. */
  readonly problems: readonly string[];
  /** Said in any case. */
  readonly notes: readonly string[];
}

/** Judges: memory and handles of the processes that lived all the time, what nobody handled, and how calls failed. */
export function judge(observations: Observations): Report {
  const { samples, names, crashes, lastedMs, faults } = observations;
  const [client, ...servers] = names;
  const lived = new Set([client, servers.at(-1)]);
  const members = names.map((name) => memberReport(observations, name, lived.has(name)));
  const problems = [...crashes];
  const notes: string[] = [];
  if (lastedMs / 2 >= judgeableMs) for (const member of members) problems.push(...growth(member));
  else notes.push('memory and handles were not judged: a soak of less than 5 minutes has no trend');

  const unhandled = new Set(
    samples.flatMap((each) => Object.values(each.members).flatMap((one) => one?.unhandled ?? [])),
  );
  for (const error of unhandled) problems.push(`unhandled: ${error}`);

  const tally = samples.findLast((each) => each.members[client!])?.members[client!]?.tally;
  if (!tally?.calls) problems.push('no call was made');
  for (const [what, count] of Object.entries(tally?.unexpected ?? {}))
    problems.push(`${count} times unexpected: ${what}`);
  if (Object.values(faults).every((count) => count === 0)) notes.push('no fault happened: it was too short for one');
  const { calls = 0, skipped = 0, failed = {} } = tally ?? {};
  return { observations, members, calls, skipped, failed, unhandled: [...unhandled], problems, notes };
}

function memberReport({ samples }: Observations, name: string, judged: boolean): MemberReport {
  const series = (of: (vitals: Vitals) => number): Point[] =>
    samples.flatMap(({ atMs, members }) => (members[name] ? [{ atMs, value: of(members[name]) }] : []));
  const rssMb = series(({ rssBytes }) => rssBytes / megabyte);
  const handles = secondHalf(series((vitals) => vitals.handles));
  return {
    name,
    rssMb,
    rssMbPerMinute: slopePerMinute(secondHalf(rssMb)),
    heapMbPerMinute: slopePerMinute(secondHalf(series(({ heapBytes }) => heapBytes / megabyte))),
    handles: median(handles),
    handlesDrift: drift(handles),
    loopDelayP99Ms: Math.max(0, ...series(({ loopDelayP99Ms }) => loopDelayP99Ms).map(({ value }) => value)),
    judged,
  };
}

function growth({ name, judged, rssMbPerMinute, handles, handlesDrift }: MemberReport): string[] {
  if (!judged) return [];
  const problems = [];
  if (rssMbPerMinute > limits.rssMbPerMinute)
    problems.push(`${name} grows by ${rssMbPerMinute.toFixed(2)} MB/min, at most ${limits.rssMbPerMinute} is flat`);
  if (handlesDrift > Math.max(limits.handles, limits.handlesShare * handles))
    problems.push(`${name} has ${handlesDrift} handles more at the end than in the middle, of ${handles}`);
  return problems;
}
