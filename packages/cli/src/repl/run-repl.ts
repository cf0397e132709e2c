import { exitCodes } from '../exit-codes.js';
import { withFleet, type FleetRequest } from '../fleet/fleet.js';
import { reportError } from '../terminal/error-report.js';
import { interruptedBy, type Terminal } from '../terminal/terminal.js';
import { promptLines } from './prompt-lines.js';
import { ReplSession } from './repl-session.js';

export interface ReplRequest extends FleetRequest {
  /** How long each call, or stream, may take, in ms. Default: 5,000 for a call, for a stream no end. */
  readonly timeout?: number;
  /** Piped, go on after what fails. */
  readonly keepGoing?: boolean;
}

/** Holds a session: with whoever sits at the terminal, or with the lines of standard input. */
export async function runRepl(request: ReplRequest, terminal: Terminal): Promise<number> {
  const { json = false, timeout } = request;
  return withFleet(request, terminal, async (fleet) => {
    const session = new ReplSession(fleet, terminal, {
      json,
      ...(timeout === undefined ? {} : { timeoutMs: timeout }),
    });
    return terminal.interactive && terminal.editing
      ? promptLines(session, fleet, terminal, json)
      : runLines(session, request, terminal);
  });
}

/** Gives the exit code of the first that failed, behind which no more are run unless that is asked for. */
async function runLines(session: ReplSession, request: ReplRequest, terminal: Terminal): Promise<number> {
  const { signal } = terminal;
  const { keepGoing = false, json = false } = request;
  let exitCode: number = exitCodes.ok;
  let number = 0;
  try {
    for await (const line of terminal.readLines()) {
      number++;
      try {
        if (!(await session.run(line, signal))) return exitCode;
      } catch (error) {
        if (signal.aborted) throw error;
        const failed = await reportError(error, terminal, { json, hints: [['line', `${number} of standard input`]] });
        if (!keepGoing) return failed;
        if (exitCode === exitCodes.ok) exitCode = failed;
      }
    }
    return exitCode;
  } catch (error) {
    if (signal.aborted) return interruptedBy(signal);
    throw error;
  }
}
