import { createInterface } from 'node:readline';
import { exitCodes } from '../exit-codes.js';
import type { Fleet } from '../fleet/fleet.js';
import { watchServices } from '../registry/service-watch.js';
import { coloursFor } from '../terminal/colours.js';
import { reportError } from '../terminal/error-report.js';
import { interruptedBy, type Terminal } from '../terminal/terminal.js';
import { completeLine, type Knowledge } from './complete-line.js';
import { ReplHistory } from './repl-history.js';
import { replCommands, type ReplSession } from './repl-session.js';

/**
 * Asks for one line after the other, with history and completion, until `.exit` or the end of the input. Ctrl-C ends the call that is under
 * way, or empties the line. What fails is told, and the session goes on.
 */
export async function promptLines(
  session: ReplSession,
  fleet: Fleet,
  terminal: Terminal,
  json: boolean,
): Promise<number> {
  const { input, output } = terminal.editing!;
  const { stdout, env, signal } = terminal;
  const colours = coloursFor(stdout, env);
  const history = new ReplHistory(env);
  const over = new AbortController();
  const knowledge = knowledgeOf(fleet, over.signal);
  const former = await history.load();
  await stdout.write(`${colours.dim('.help says what can be written here; the tab key completes; Ctrl-D ends it')}\n`);
  // From here on nothing is waited for before the first line is: what is typed meanwhile would be lost.
  const editor = createInterface({
    ...{ input, output, terminal: true, historySize: 1_000, removeHistoryDuplicates: true, tabSize: 2 },
    prompt: `${colours.cyan('skerry>')} `,
    history: former,
    completer: (line: string) => {
      const { candidates, partial } = completeLine(line, { ...knowledge.current, last: session.last.known });
      return [[...candidates], partial];
    },
  });
  let calling: AbortController | undefined;
  const end = (): void => editor.close();
  editor.on('SIGINT', () => {
    if (calling) return calling.abort(new Error('Ctrl-C'));
    output.write('\n');
    // What was typed is given up, as a shell does.
    editor.write(null, { ctrl: true, name: 'u' });
    editor.prompt();
  });
  signal.addEventListener('abort', end, { once: true });
  try {
    editor.prompt();
    for await (const line of editor) {
      await history.add(line);
      calling = new AbortController();
      try {
        if (!(await session.run(line, calling.signal))) break;
      } catch (error) {
        if (calling.signal.aborted) await terminal.stderr.write(`${colours.dim('ended by Ctrl-C')}\n`);
        else await reportError(error, terminal, { json });
      }
      calling = undefined;
      editor.prompt();
    }
  } finally {
    signal.removeEventListener('abort', end);
    over.abort();
    editor.close();
  }
  return signal.aborted ? interruptedBy(signal) : exitCodes.ok;
}

/** Kept up to date while the session goes on. */
function knowledgeOf(fleet: Fleet, signal: AbortSignal): { current: Knowledge } {
  const commands = replCommands.map(([name]) => name);
  const knowledge: { current: Knowledge } = { current: { commands, services: new Map() } };
  const changed = async (nodes: ReadonlyMap<string, readonly { endpoints: readonly Endpoint[] }[]>): Promise<void> => {
    const services = [...nodes].map(
      ([name, each]) => [name, newest(each.flatMap(({ endpoints }) => endpoints))] as const,
    );
    knowledge.current = { commands, services: new Map(services) };
  };
  // Without the registry nothing is completed; calls say what is wrong with it.
  void watchServices(fleet, { changed, failing: async () => undefined }, signal).catch(() => undefined);
  return knowledge;
}

type Endpoint = Knowledge['services'] extends ReadonlyMap<string, readonly (infer E)[]> ? E : never;

function newest(endpoints: readonly Endpoint[]): Endpoint[] {
  return [...new Map(endpoints.map((endpoint) => [endpoint.name, endpoint])).values()];
}
