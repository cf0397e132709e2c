import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { generatedBlock } from '@skerry-private/test-kit';
import type { Action, CliCommand, CommandGroup } from './command.js';
import { exitCodeMeanings } from './exit-codes.js';
import { MemoryTerminal } from './fixtures/memory-terminal.js';
import { shellCommands } from './fixtures/shell-words.js';
import { buildProgram, commands, runProgram } from './program.js';

interface Known {
  /** `dlq list` */
  readonly path: string;
  readonly command: Command;
  readonly declared: CliCommand | CommandGroup;
}

function parsed(words: readonly string[]): Action | undefined {
  let action: Action | undefined;
  buildProgram(new MemoryTerminal(), { out: '', err: '' }, (chosen) => (action = chosen)).parse([...words], {
    from: 'user',
  });
  return action;
}

function below(parent: Command, all: readonly (CliCommand | CommandGroup)[], prefix = ''): Known[] {
  return all.flatMap((declared) => {
    const command = parent.commands.find((each) => each.name() === declared.name)!;
    const path = `${prefix}${declared.name}`;
    const inside = 'commands' in declared ? below(command, declared.commands, `${path} `) : [];
    return [{ path, command, declared }, ...inside];
  });
}

const program = buildProgram(new MemoryTerminal(), { out: '', err: '' }, () => undefined);
const tree = below(program, commands);
const leaves = tree.filter(({ declared }) => !('commands' in declared));
const guide = fileURLToPath(new URL('../../../docs/guide/terminal.md', import.meta.url));

test('the tree is that of commander, whole', () => {
  const names = (command: Command): string[] => command.commands.flatMap((each) => [each.name(), ...names(each)]);
  expect(tree.map(({ declared }) => declared.name)).toEqual(names(program));
  expect(leaves.length).toBeGreaterThan(15);
});

describe.each(tree.map(({ path, ...others }) => [path, others] as const))('%s', (path, { command, declared }) => {
  test('says what it does: in a few words for the list, and in a sentence', () => {
    expect(declared.summary).toMatch(/^[a-z].{4,70}[^.]$/);
    expect(command.description()).toMatch(/^[A-Z].*\.$/);
  });

  test('describes each argument and option', () => {
    for (const each of [...command.registeredArguments, ...command.options]) expect(each.description).not.toBe('');
  });

  test.each(declared.examples)('can be written as %s', (example) => {
    const written = shellCommands(example).filter(([name]) => name === 'skerry');
    for (const [, ...words] of written) expect(parsed(words)).toBeInstanceOf(Function);
    expect(example).toContain(`skerry ${path}`);
  });
});

test.each(leaves.map(({ path, command, declared }) => [path, command, declared as CliCommand] as const))(
  '%s has --json, or a reason to have none',
  (_, command, { withoutJson }) => {
    const has = command.options.some(({ long }) => long === '--json');
    expect([has, withoutJson]).toEqual(has ? [true, undefined] : [false, expect.stringMatching(/^\S+ \S+/)]);
  },
);

test.each(leaves.map(({ path }) => [path]))('%s --help is without colours where nobody looks', async (path) => {
  const terminal = new MemoryTerminal();
  expect(await runProgram([...path.split(' '), '--help'], terminal)).toBe(0);
  expect(terminal.stdout.text).not.toContain('\u001b');
});

test.each([
  [{}, true, true],
  [{}, false, false],
  [{ NO_COLOR: '1' }, true, false],
  [{ FORCE_COLOR: '1' }, false, true],
  [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false, false],
  [{ TERM: 'dumb' }, true, false],
])('with %j, where isTTY is %s, help has colours: %s', async (env, isTTY, coloured) => {
  const terminal = new MemoryTerminal({ env, isTTY });
  await runProgram(['services', '--help'], terminal);
  expect(terminal.stdout.text.includes('\u001b[1m')).toBe(coloured);
});

test('the exit codes of the guide are those of the help', () => {
  const rows = exitCodeMeanings.map(([code, meaning]) => `| ${code} | ${meaning} |`);
  const table = ['| Exit code | |', '| --- | --- |', ...rows, ''].join('\n');
  const update = process.env['UPDATE_SNIPPETS'] === '1';
  expect(generatedBlock(guide, 'UPDATE_SNIPPETS=1 npm test -- every-command', table, update)).toBe(table);
});

test('the guide names every command', () => {
  const text = readFileSync(guide, 'utf8');
  const named = tree.filter(({ declared }) => !('hidden' in declared));
  for (const { path } of named) expect(text).toContain(`skerry ${path}`);
});
