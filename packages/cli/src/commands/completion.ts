import { Argument } from 'commander';
import type { CliCommand } from '../command.js';
import { exitCodes } from '../exit-codes.js';
import { shells, type Shell } from '../completion/scripts.js';

export const completion: CliCommand = {
  name: 'completion',
  summary: 'print the script by which a shell completes skerry',
  examples: [
    'skerry completion bash',
    `echo 'source <(skerry completion bash)' >> ~/.bashrc`,
    `echo 'source <(skerry completion zsh)' >> ~/.zshrc    # behind compinit`,
    'skerry completion fish > ~/.config/fish/completions/skerry.fish',
  ],
  withoutJson: 'it prints a script',
  declare(command, act) {
    command
      .description(
        'Prints a script for your shell: with it, the tab key completes commands, options and their values, and the names of services and ' +
          'handlers that are running. It asks the skerry that the shell finds.',
      )
      .addArgument(new Argument('<shell>', 'which shell').choices(shells))
      .action((shell: Shell) =>
        act(async ({ stdout }) => {
          const { scripts } = await import('../completion/scripts.js');
          await stdout.write(scripts[shell]);
          return exitCodes.ok;
        }),
      );
  },
};

/** What these scripts call. */
export const completeWords: CliCommand = {
  name: '__complete',
  summary: 'print what may stand in place of the last word',
  examples: ['skerry __complete -- call greet'],
  hidden: true,
  withoutJson: 'shells read lines',
  declare(command, act) {
    command
      .description(
        'Prints a line for each word that may stand in place of the last one, with a tab and a description behind it; or :files. Says ' +
          'nothing when something is wrong.',
      )
      .argument('[words...]', 'what stands behind skerry, up to the cursor')
      .action((words: string[]) =>
        act(async (terminal) => {
          const { complete } = await import('../completion/complete.js');
          const { candidates, files, live, app } = complete(command.parent!, words);
          let found = candidates;
          if (live) {
            const { liveNames } = await import('../completion/live-names.js');
            found = await liveNames(live, words.at(-1) ?? '', app, terminal).catch(() => []);
          }
          const lines = found.map(({ value, description = '' }) => `${value}\t${description}\n`);
          await terminal.stdout.write([...(files ? [':files\n'] : []), ...lines].join(''));
          return exitCodes.ok;
        }),
      );
  },
};
