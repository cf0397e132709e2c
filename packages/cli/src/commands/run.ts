import { Option } from 'commander';
import type { LogLevel } from '@skerry/core';
import type { CliCommand } from '../command.js';
import { coloursFor } from '../terminal/colours.js';
import type { Terminal } from '../terminal/terminal.js';
import { moduleArgument } from './options.js';

export interface RunRequest {
  readonly module?: string | undefined;
  readonly listen?: string;
  readonly advertise?: string;
  readonly logLevel?: LogLevel;
}

const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const satisfies readonly LogLevel[];

export const run: CliCommand = {
  name: 'run',
  summary: 'run an application',
  examples: [
    'skerry run dist/app.module.js',
    'skerry run src/app.module.ts',
    'skerry run dist/modules.js#ShopModule --listen tcp://0.0.0.0:4101',
  ],
  withoutJson: 'what is printed is the log of the application',
  declare(command, act) {
    command
      .description('Runs an application as this process, until Ctrl-C or SIGTERM stops it in order.')
      .addArgument(moduleArgument())
      .option('--listen <address>', 'where its services take calls (default: a free port of this machine alone)')
      .option('--advertise <address>', 'where others reach it, if that differs')
      .addOption(new Option('--log-level <level>', 'what is logged').choices(logLevels))
      .action((module: string | undefined, options: Omit<RunRequest, 'module'>) =>
        act((terminal) => runApplication({ module, ...options }, terminal)),
      );
  },
};

/** Hands this process over to the application: its signals and its exit code are the application's from now on. */
async function runApplication(request: RunRequest, terminal: Terminal): Promise<undefined> {
  const { stderr, env } = terminal;
  const { findModuleFile } = await import('../application/module-file.js');
  const { coreOf, rootOf } = await import('../application/application-core.js');
  const file = findModuleFile(request.module, terminal.cwd);
  if (file.note) await stderr.write(`${coloursFor(stderr, env).dim(file.note)}\n`);
  const core = await coreOf(file);
  const { listen, advertise, logLevel } = request;
  await core.Skerry.run(rootOf(file, core), {
    env,
    ...(listen === undefined ? {} : { listen }),
    ...(advertise === undefined ? {} : { advertise }),
    ...(logLevel === undefined ? {} : { logLevel }),
  });
}
