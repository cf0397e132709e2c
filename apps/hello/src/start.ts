import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { Module, Skerry, type Client } from '@skerry/core';
import type { Reception } from './reception/reception.service.js';

/**
 * What `npm start` runs: two services in two processes, a third (this one) that asks the reception to call the greeter and
 * shows what happens. Stays up until Ctrl-C.
 */

const colourful = process.stdout.isTTY && !process.env['NO_COLOR'];
const paint = (style: 'bold' | 'cyan' | 'green' | 'dim', text: string): string =>
  colourful ? styleText(style, text) : text;
const say = (line = ''): void => void process.stdout.write(`${line}\n`);

interface Running {
  readonly name: string;
  readonly child: ChildProcess;
  /** Resolves when it serves, or is gone. */
  readonly up: Promise<void>;
  readonly gone: Promise<void>;
}

/** Where it takes HTTP, without its scheme. */
let greeterUrl: string | undefined;

function launch(name: string, program = 'main'): Running {
  const main = fileURLToPath(new URL(`./${name}/${program}.js`, import.meta.url));
  const child = spawn(process.execPath, [main], { stdio: ['ignore', 'pipe', 'pipe'] });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const serves = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        const text = readable(line);
        say(`  ${paint('dim', `${name.padEnd(9)} │ ${text}`)}`);
        // The same port takes both: `greeter is serving greeter at tcp://127.0.0.1:40123`.
        if (name === 'greeter') greeterUrl ??= /tcp:(\/\/127\.0\.0\.1:\d+)/.exec(text)?.[1];
        if (text.includes('is serving')) resolve();
      });
    }
  });
  return { name, child, up: Promise.race([serves, gone]), gone };
}

/** The same port by HTTP: a call, a stream as it comes, and JSON-RPC. */
function curls(url: string): readonly string[] {
  const rpc = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'greeter.hello', params: { name: 'Ada' } });
  // In quotes: some shells take a question mark for a pattern.
  return [
    `curl '${url}/greeter/hello?name=Ada'`,
    `curl -N '${url}/greeter/countdown?from=5'`,
    `curl ${url}/rpc -H 'content-type: application/json' -d '${rpc}'`,
  ];
}

/** A line of the service's log, which is JSON because it is piped. */
function readable(line: string): string {
  try {
    const { message } = JSON.parse(line) as { message?: unknown };
    return typeof message === 'string' ? message : line;
  } catch {
    return line;
  }
}

@Module()
class Narrator {}

async function tour(): Promise<void> {
  const narrator = await Skerry.create(Narrator, { logLevel: 'silent' });
  await narrator.start();
  const reception: Client<Reception> = narrator.client<Reception>('reception');
  let last = '';
  for await (const { call, request, reply } of reception.tour(undefined, { timeoutMs: 20_000 })) {
    if (call !== last) say(`\n  reception ${paint('cyan', '─▶')} ${paint('bold', call)} ${JSON.stringify(request)}`);
    say(`  reception ${paint('green', '◀─')} ${JSON.stringify(reply)}`);
    last = call;
  }
  await narrator.stop();
}

say(`\n  ${paint('bold', 'Two services, two processes, no server installed.')}\n`);
const running = [launch('greeter', 'main-with-page'), launch('reception')];
let stopping = false;

const stop = (): void => {
  if (stopping) return;
  stopping = true;
  for (const { child } of running) child.kill('SIGTERM');
};
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
for (const { name, child, gone } of running) {
  void gone.then(() => {
    if (!stopping) {
      say(`\n  ${name} ended by itself (exit code ${child.exitCode}); stopping.`);
      process.exitCode = 1;
    }
    stop();
  });
}

try {
  await Promise.all(running.map(({ up }) => up));
  if (!stopping) await tour();
  if (!stopping) {
    say(
      `\n  They found each other by name, and each call was typed by the other's class. Now you, in another terminal:\n`,
    );
    for (const command of [
      `npx skerry call greeter.hello '{"name":"Ada"}'`,
      `npx skerry call greeter.countdown '{"from":5}'`,
      `npx skerry services`,
      ...(greeterUrl ? curls(`http:${greeterUrl}`) : []),
    ]) {
      say(`    ${paint('bold', command)}`);
    }
    say(`\n  Or from a page in your browser: ${paint('bold', `http:${greeterUrl ?? ''}/`)}`);
    say(
      `\n  Or by gRPC, whose names a client asks for by reflection: ${paint('bold', `${(greeterUrl ?? '').slice(2)}`)}`,
    );
    say(`    ${paint('bold', 'npx skerry proto apps/hello/dist/greeter/app.module.js')}`);
    say(`\n  The code is in apps/hello/src. Ctrl-C stops both services.\n`);
  }
} catch (error) {
  if (!stopping) {
    say(`\n  The tour failed: ${(error as Error).message}`);
    process.exitCode = 1;
  }
  stop();
}
await Promise.all(running.map(({ gone }) => gone));
