import type { Progress } from './report/progress.js';
import type { Goal } from './report/goals.js';
import type { Table } from './report/table.js';

/** How long and what to measure. */
export interface Settings {
  /** Less of everything, for a first look. */
  readonly quick: boolean;
  readonly rounds: number;
  /** How long one measurement of one contender goes on, in ms. */
  readonly roundMs: number;
  /** Only contenders with these names, or with these in their names; none: all. */
  readonly contenders: readonly string[];
}

export interface Findings {
  readonly tables: readonly Table[];
  readonly goals: readonly Goal[];
}

/** One part of the benchmark, that can be run alone. */
export interface Section {
  readonly name: string;
  /** One line for `--list`. */
  readonly about: string;
  run(settings: Settings, progress: Progress): Promise<Findings>;
}

/**
 * The contenders that the settings ask for, in their order: by its whole name one alone, by a part of it all that have it.
 * Upper and lower case are the same.
 */
export function chosen({ contenders }: Settings, names: readonly string[]): readonly string[] {
  if (contenders.length === 0) return names;
  const asked = contenders.map((each) => each.toLowerCase());
  const whole = new Set(names.map((name) => name.toLowerCase()).filter((name) => asked.includes(name)));
  return names.filter((name) => {
    const lower = name.toLowerCase();
    return asked.some((each) => (whole.has(each) ? lower === each : lower.includes(each)));
  });
}
