import type { CliCommand } from '../command.js';
import type { ReplRequest } from '../repl/run-repl.js';
import { appOption, jsonOption, milliseconds } from './options.js';

export const repl: CliCommand = {
  name: 'repl',
  summary: 'call handlers in one session, with completion',
  examples: [
    'skerry repl',
    'skerry repl --app dist/app.module.js',
    "printf 'orders.list\\norders.get id=_[0].id\\n' | skerry repl",
    "printf 'greeter.hello name=Ada\\n.services\\n' | skerry repl",
    'skerry repl --keep-going --json < smoke.skerry',
  ],
  declare(command, act) {
    command
      .description(
        'Asks for calls, written as greeter.hello {"name":"Ada"} or greeter.hello name=Ada, and prints what is answered. The tab key ' +
          'completes services, handlers, fields and their values; Ctrl-C ends a call, Ctrl-D the session; _ is the last result; .help says more. Lines are kept in ' +
          '$XDG_STATE_HOME/skerry/history, but for those that begin with a blank. Where standard input is piped, its lines are run until one fails.',
      )
      .option(
        '--timeout <ms>',
        'how long each call, or stream, may take (default: 5000; streams without end)',
        milliseconds(1),
      )
      .option('--keep-going', 'piped, go on after a line that failed; the exit code is that of the first')
      .addOption(appOption())
      .addOption(jsonOption('each reply'))
      .action((options: ReplRequest) =>
        act(async (terminal) => (await import('../repl/run-repl.js')).runRepl(options, terminal)),
      );
  },
};
