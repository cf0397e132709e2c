import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import type { CliCommand, CommandGroup } from './command.js';
import { MemoryTerminal } from './fixtures/memory-terminal.js';
import { buildProgram, commands } from './program.js';

/** docs/reference/cli.md is made of the commands. UPDATE_REFERENCE=1 writes it anew. */

const page = fileURLToPath(new URL('../../../docs/reference/cli.md', import.meta.url));
const program = buildProgram(new MemoryTerminal(), { out: '', err: '' }, () => undefined);

const intro = `# The terminal, command by command

Made of the commands themselves, as \`skerry help <command>\` prints them: \`UPDATE_REFERENCE=1 npm test -- cli/src/reference\` writes it
anew. What they are good for is in [the guide](../guide/terminal.md), with the exit codes. All of them have \`--help\`.`;

function sections(parent: Command, all: readonly (CliCommand | CommandGroup)[], prefix: string): string[] {
  return all
    .filter((each) => !('hidden' in each))
    .flatMap((declared) => {
      const command = parent.commands.find((each) => each.name() === declared.name)!;
      const path = `${prefix} ${declared.name}`;
      if ('commands' in declared) return sections(command, declared.commands, path);
      return [section(command, declared, path)];
    });
}

function section(command: Command, { examples }: CliCommand, path: string): string {
  const rows = [
    ...command.registeredArguments.map((each) => [each.name(), each.description, each.argChoices]),
    ...command.options.map((each) => [each.flags, each.description, each.argChoices]),
  ] as [string, string, readonly string[] | undefined][];
  const table = rows.map(([name, text, choices]) => `| ${cell(`\`${name}\``)} | ${cell(text + among(choices))} |`);
  return [
    `## ${path}`,
    command.description(),
    ...(table.length > 0 ? [`| | |\n| --- | --- |\n${table.join('\n')}`] : []),
    `\`\`\`sh\n${examples.join('\n')}\n\`\`\``,
  ].join('\n\n');
}

function among(choices: readonly string[] | undefined): string {
  return choices ? ` (${choices.join(', ')})` : '';
}

/** What stands between backticks is left as it is; what looks like a tag elsewhere would vanish. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/(`[^`]*`)|</g, (_all, code: string | undefined) => code ?? '\\<');
}

test('the reference of commands is what they say of themselves', () => {
  const fresh = `${[intro, ...sections(program, commands, 'skerry')].join('\n\n')}\n`;
  if (process.env['UPDATE_REFERENCE']) writeFileSync(page, fresh);
  expect(readFileSync(page, 'utf8')).toBe(fresh);
});
