import { number, type Table } from './table.js';

/** What is to hold for a ratio within one run. */
export interface Goal {
  readonly what: string;
  /** Of one run; `NaN` when one side of it could not be measured. */
  readonly measured: number;
  readonly atLeast?: number;
  readonly atMost?: number;
}

export function goalTable(goals: readonly Goal[]): Table {
  return {
    title: 'goals, as ratios within this run',
    columns: ['goal', 'wanted', 'measured', 'holds'],
    rows: goals.map((goal) => [goal.what, wanted(goal), number(goal.measured, 2), holds(goal)]),
  };
}

function wanted({ atLeast, atMost }: Goal): string {
  return atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`;
}

function holds({ measured, atLeast = -Infinity, atMost = Infinity }: Goal): string {
  if (Number.isNaN(measured)) return '-';
  return measured >= atLeast && measured <= atMost ? 'yes' : 'no';
}
