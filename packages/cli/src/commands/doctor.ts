import type { CliCommand } from '../command.js';
import type { Status } from '../doctor/check.js';
import type { Examined } from '../doctor/examine.js';
import { exitCodes } from '../exit-codes.js';
import { coloursFor, type Colours } from '../terminal/colours.js';
import { compactJson } from '../terminal/json-text.js';
import { printable } from '../terminal/printable.js';
import { labelled } from '../terminal/rows.js';
import type { Terminal } from '../terminal/terminal.js';
import { jsonOption, moduleOrAllArgument } from './options.js';

export interface DoctorRequest {
  readonly module?: string | undefined;
  readonly json?: boolean;
}

export const doctor: CliCommand = {
  name: 'doctor',
  summary: 'look for what keeps applications from working here',
  examples: [
    'skerry doctor',
    'skerry doctor dist/app.module.js',
    'skerry doctor --json | jq \'.[] | select(.findings[].status == "fail")\'',
  ],
  declare(command, act) {
    command
      .description(
        'Looks at Node, the package, the compiler, what is installed, the port, the local registry and the limits of this machine; ' +
          'puts the application together, and asks its engines. Says what to do about each thing that is wrong, and exits with 1 ' +
          'when something fails. Changes nothing but what opening its engines does. In a workspace it looks at all of its applications.',
      )
      .addArgument(moduleOrAllArgument())
      .addOption(jsonOption('all that was found'))
      .action((module: string | undefined, options: { json?: boolean }) =>
        act((terminal) => examineHere({ module, ...options }, terminal)),
      );
  },
};

async function examineHere(request: DoctorRequest, terminal: Terminal): Promise<number> {
  const { stdout, env } = terminal;
  const { groundOf } = await import('../doctor/ground.js');
  const { examine } = await import('../doctor/examine.js');
  const found = await examine(groundOf(terminal, request.module));
  const text = request.json ? compactJson(found) : findingsText(found, coloursFor(stdout, env), stdout.isTTY);
  await stdout.write(`${text}\n`);
  return counted(found, 'fail') > 0 ? exitCodes.failed : exitCodes.ok;
}

function findingsText(found: readonly Examined[], colours: Colours, marks: boolean): string {
  const { bold, dim, green, red, yellow } = colours;
  const signs = marks
    ? { ok: green('✓'), warn: yellow('!'), fail: red('✗') }
    : { ok: 'ok  ', warn: 'warn', fail: 'fail' };
  const width = Math.max(...found.map(({ check }) => check.length));
  const indent = ' '.repeat(width + (marks ? 5 : 8));
  const lines = found.flatMap(({ check, findings }) =>
    findings.flatMap(({ status, text, fix }, index) => {
      const [first = '', ...others] = printable(text).split('\n');
      const name = (index === 0 ? check : '').padEnd(width);
      return [
        `${signs[status]}  ${bold(name)}  ${first}`,
        ...others.map((line) => `${indent}${line}`),
        ...(fix === undefined ? [] : labelled([['fix', printable(fix)]], indent)),
      ];
    }),
  );
  const [failed, warned] = [counted(found, 'fail'), counted(found, 'warn')];
  const sum = failed + warned === 0 ? 'Nothing is wrong.' : `${failed} failed, ${warned} to look at.`;
  return [...lines, '', dim(sum)].join('\n');
}

function counted(found: readonly Examined[], wanted: Status): number {
  return found.flatMap(({ findings }) => findings).filter(({ status }) => status === wanted).length;
}
