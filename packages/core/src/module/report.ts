import type { Problem } from './problem.js';

/** For a terminal: numbered, with everything that was found out. Plain text; no colour, so that it can be piped. */
export function reportText(root: string, problems: readonly Problem[]): string {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  const blocks = problems.map((problem, index) => numbered(problem, index + 1, String(problems.length).length));
  return [`${root} cannot start: ${count} in its module graph.`, ...blocks].join('\n\n');
}

/** For a log: one line. */
export function reportLine(root: string, problems: readonly Problem[]): string {
  const each = problems.map(({ code, message, at }) => `${code} ${message}${at ? ` (${at.file}:${at.line})` : ''}`);
  // What threw may have said it on several lines.
  return `${root} cannot start: ${each.join(' | ')}`.replace(/\s*\n\s*/g, ' ');
}

function numbered(problem: Problem, number: number, width: number): string {
  const indent = ' '.repeat(width + 2);
  const rows: [string, string][] = [];
  if (problem.at) rows.push(['at', `${problem.at.file}:${problem.at.line}`]);
  if (problem.path.length > 0) rows.push(['path', problem.path.join(' > ')]);
  if (problem.cause) rows.push(['cause', problem.cause]);
  for (const found of problem.found) rows.push(['found', found]);
  const drawing = (problem.drawing ?? []).map((line) => `${indent}  ${line}`);
  return [
    `${String(number).padStart(width)}. ${problem.code}  ${problem.message}`,
    ...(drawing.length > 0 ? ['', ...drawing, ''] : []),
    ...[...rows, ['fix', problem.fix] as const].map(([label, text]) => `${indent}  ${label.padEnd(6)} ${text}`),
  ].join('\n');
}
