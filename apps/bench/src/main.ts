import { parseCommandLine, usage } from './command-line.js';
import { cleanUpAtEnd } from './processes.js';
import { goalTable, type Goal } from './report/goals.js';
import { Progress } from './report/progress.js';
import { formatTable } from './report/table.js';
import { sections } from './sections.js';

/**
 * What Skerry costs beside other ways of doing the same. Absolute numbers differ from machine to machine and from minute to
 * minute; the ratios of one run, and the CPU time, do not.
 */

async function main(args: readonly string[]): Promise<void> {
  const settings = parseCommandLine(
    args,
    sections.map(({ name }) => name),
  );
  if (settings.help) return print(usage);
  if (settings.list) return print(sections.map(({ name, about }) => `${name.padEnd(12)} ${about}`).join('\n'));

  const live = process.stderr.isTTY && !process.env['NO_COLOR'];
  const progress = new Progress((text) => process.stderr.write(text), live);
  const goals: Goal[] = [];
  for (const section of sections.filter(({ name }) => settings.sections.includes(name))) {
    progress.begin(section.name);
    const findings = await section.run(settings, progress);
    progress.done();
    for (const table of findings.tables) {
      if (table.rows.length > 0) print(`${formatTable(table, settings.markdown)}\n`);
    }
    // A goal whose contenders were left out says nothing.
    goals.push(...findings.goals.filter(({ measured }) => settings.contenders.length === 0 || !Number.isNaN(measured)));
  }
  if (goals.length > 0) print(formatTable(goalTable(goals), settings.markdown));
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

cleanUpAtEnd();
try {
  await main(process.argv.slice(2));
} catch (error) {
  // What was mistyped needs no stack.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
