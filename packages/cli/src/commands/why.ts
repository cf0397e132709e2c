import { Argument } from 'commander';
import type { ModuleRequest } from '../application/loaded.js';
import type { CliCommand } from '../command.js';
import { exitCodes } from '../exit-codes.js';
import { coloursFor } from '../terminal/colours.js';
import { compactJson } from '../terminal/json-text.js';
import { printableLine } from '../terminal/printable.js';
import type { Terminal } from '../terminal/terminal.js';
import { jsonOption, moduleOrAllArgument } from './options.js';

export interface WhyRequest extends ModuleRequest {
  readonly token: string;
}

export const why: CliCommand = {
  name: 'why',
  summary: 'tell why something is in an application, and what would be made of it',
  examples: [
    'skerry why OrderBook',
    'skerry why orders dist/app.module.js',
    'skerry why LmdbModule.STORE_DRIVER --json',
  ],
  declare(command, act) {
    command
      .description(
        'Tells who provides a token and where, by which imports, who needs it, which of several is given to whom, and when it is ' +
          'created. Nothing of the application is started. In a workspace it is told for each application that has one.',
      )
      .addArgument(
        new Argument(
          '<token>',
          'the name of a class, of another token or of a service; Module.Token for one of several',
        ),
      )
      .addArgument(moduleOrAllArgument())
      .addOption(jsonOption('all of it'))
      .action((token: string, module: string | undefined, options: { json?: boolean }) =>
        act((terminal) => tellWhy({ token, module, ...options }, terminal)),
      );
  },
};

async function tellWhy(request: WhyRequest, terminal: Terminal): Promise<number> {
  const { stdout, env } = terminal;
  const { module, token, json = false } = request;
  const { loadApplications } = await import('../application/loaded.js');
  const { whyInEach } = await import('../insight/why-in-each.js');
  const { whyText } = await import('../insight/why-text.js');
  const modules = module === undefined ? [] : [module];
  const { applications, ofWorkspace } = await loadApplications({ modules, json }, terminal);
  const found = whyInEach(token, applications);
  const colours = coloursFor(stdout, env);
  const { bold, cyan, dim } = colours;
  if (json) await stdout.write(`${compactJson(ofWorkspace ? found : found[0])}\n`);
  else if (!ofWorkspace) await stdout.write(`${whyText(found[0]!, colours)}\n`);
  else {
    const having = found.map(({ application }) => application);
    const others = applications.flatMap(({ name }) => (having.includes(name) ? [] : [name]));
    const blocks = [
      ...found.map((each) => `${bold(cyan(printableLine(each.application)))}\n${whyText(each, colours)}`),
      ...(others.length > 0 ? [dim(printableLine(`Not in ${others.join(', ')}.`))] : []),
    ];
    await stdout.write(`${blocks.join('\n\n')}\n`);
  }
  return exitCodes.ok;
}
