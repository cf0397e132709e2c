import { Option } from 'commander';
import type { CliCommand, CommandGroup } from '../command.js';
import type { CheckRequest } from '../contract/check.js';
import type { LockRequest } from '../contract/lock-file.js';
import { jsonOption, moduleArgument } from './options.js';

function lockOption(): Option {
  return new Option('--lock <file>', 'the file with what others rely on').default('skerry.contract.json');
}

const lock: CliCommand = {
  name: 'lock',
  summary: 'write down what others rely on',
  examples: ['skerry contract lock dist/app.module.js', 'skerry contract lock --lock contracts/shop.json'],
  declare(command, act) {
    command
      .description(
        'Writes down what others rely on - handlers, topics, messages - into a file that belongs into the repository. Nothing of ' +
          'the application is started.',
      )
      .addArgument(moduleArgument())
      .addOption(lockOption())
      .addOption(jsonOption('what was done'))
      .action((module: string | undefined, options: Omit<LockRequest, 'module'>) =>
        act(async (terminal) => {
          const { writeLock } = await import('../contract/lock.js');
          return writeLock({ module, ...options }, terminal);
        }),
      );
  },
};

const check: CliCommand = {
  name: 'check',
  summary: 'tell what has changed for others, and what breaks them',
  examples: ['skerry contract check dist/app.module.js', "skerry contract check --json | jq '.breaking[].what'"],
  declare(command, act) {
    command
      .description(
        'Compares an application with what was written down: each change that breaks others, with what and whom; changes that break ' +
          'nobody apart. Exits with 1 when something breaks others, with 2 when nothing was written down. Nothing of the ' +
          'application is started.',
      )
      .addArgument(moduleArgument())
      .addOption(lockOption())
      .option('--update', 'accept the changes: write them down, and exit with 0')
      .addOption(jsonOption('the changes'))
      .action((module: string | undefined, options: Omit<CheckRequest, 'module'>) =>
        act(async (terminal) => {
          const { checkContract } = await import('../contract/check.js');
          return checkContract({ module, ...options }, terminal);
        }),
      );
  },
};

export const contract: CommandGroup = {
  name: 'contract',
  summary: 'keep what others rely on from breaking',
  examples: [check.examples[0], lock.examples[0]],
  commands: [lock, check],
};
