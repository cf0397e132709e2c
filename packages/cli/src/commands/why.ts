import { Argument } from 'commander';
import type { ModuleRequest } from '../application/loaded.js';
import type { CliCommand } from '../command.js';
import { exitCodes } from '../exit-codes.js';
import { coloursFor } from '../terminal/colours.js';
import { compactJson } from '../terminal/json-text.js';
import type { Terminal } from '../terminal/terminal.js';
import { jsonOption, moduleArgument } from './options.js';

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
          'created. Nothing of the application is started.',
      )
      .addArgument(
        new Argument(
          '<token>',
          'the name of a class, of another token or of a service; Module.Token for one of several',
        ),
      )
      .addArgument(moduleArgument())
      .addOption(jsonOption('all of it'))
      .action((token: string, module: string | undefined, options: { json?: boolean }) =>
        act((terminal) => tellWhy({ token, module, ...options }, terminal)),
      );
  },
};

async function tellWhy(request: WhyRequest, terminal: Terminal): Promise<number> {
  const { stdout, env } = terminal;
  const { loadApplication } = await import('../application/loaded.js');
  const { whyOf } = await import('../insight/why.js');
  const { whyText } = await import('../insight/why-text.js');
  const { app, core } = await loadApplication(request, terminal);
  const found = whyOf(request.token, app, core);
  await stdout.write(`${request.json ? compactJson(found) : whyText(found, coloursFor(stdout, env))}\n`);
  return exitCodes.ok;
}
