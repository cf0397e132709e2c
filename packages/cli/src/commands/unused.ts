import type { ModuleRequest } from '../application/loaded.js';
import type { CliCommand } from '../command.js';
import { exitCodes } from '../exit-codes.js';
import type { Unused } from '../insight/unused.js';
import { coloursFor, type Colours } from '../terminal/colours.js';
import { compactJson } from '../terminal/json-text.js';
import { printableLine } from '../terminal/printable.js';
import { labelled } from '../terminal/rows.js';
import type { Terminal } from '../terminal/terminal.js';
import { jsonOption, moduleOrAllArgument } from './options.js';

export interface UnusedRequest extends ModuleRequest {
  readonly strict?: boolean;
}

export const unused: CliCommand = {
  name: 'unused',
  summary: 'find what applications could do without',
  examples: ['skerry unused', 'skerry unused dist/app.module.js --strict', "skerry unused --json | jq -r '.[].fix'"],
  declare(command, act) {
    command
      .description(
        'Finds providers that nobody needs, module imports of which nothing is used, and exports that nobody asks for. Services, ' +
          'subscribers and whatever has hooks are there for their own sake. Nothing of the application is started. In a workspace it is ' +
          'about all of its applications.',
      )
      .addArgument(moduleOrAllArgument())
      .option('--strict', 'exit with 1 when there is any')
      .addOption(jsonOption('the list'))
      .action((module: string | undefined, options: Omit<UnusedRequest, 'module'>) =>
        act((terminal) => findUnused({ module, ...options }, terminal)),
      );
  },
};

async function findUnused(request: UnusedRequest, terminal: Terminal): Promise<number> {
  const { stdout, env } = terminal;
  const { module, json = false } = request;
  const { loadApplications } = await import('../application/loaded.js');
  const { unusedIn } = await import('../insight/unused.js');
  const modules = module === undefined ? [] : [module];
  const { applications } = await loadApplications({ modules, json }, terminal);
  const found = applications.map(({ name, app, core }) => ({ name, unused: unusedIn(app, core) }));
  const all = found.flatMap(({ name, unused }) => unused.map((each) => ({ application: name, ...each })));
  const colours = coloursFor(stdout, env);
  const { bold, cyan, dim } = colours;
  const text = json
    ? compactJson(all)
    : [
        ...found.map(({ name, unused }) => {
          const several = found.length > 1 && unused.length > 0;
          return (several ? `${bold(cyan(printableLine(name)))}\n` : '') + unusedText(name, unused, colours);
        }),
        ...(all.length > 0 ? [dim(unknown)] : []),
      ].join('\n\n');
  await stdout.write(`${text}\n`);
  return request.strict && all.length > 0 ? exitCodes.failed : exitCodes.ok;
}

function unusedText(application: string, found: readonly Unused[], { bold, dim }: Colours): string {
  if (found.length === 0) return `${printableLine(application)} needs all that it has.`;
  const blocks = found.map(({ what, name, module, at, because, fix }) =>
    [
      `${what} ${bold(printableLine(name))}  ${dim(printableLine(at === undefined ? module : `${module}, ${at}`))}`,
      ...labelled([
        ['why', printableLine(because)],
        ['fix', printableLine(fix)],
      ]),
    ].join('\n'),
  );
  return blocks.join('\n\n');
}

const unknown =
  'Not known: what app.get(...) or a test asks for at run time, and what a constructor or a factory does besides making its object.';
