import { constants } from 'node:os';
import { addAbortSignal, type Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { exitCodes } from '../exit-codes.js';
import type { Keyboard } from './keyboard.js';
import { linesOf } from './lines.js';
import { ProcessKeyboard } from './process-keyboard.js';
import { Interruption, type Output, type Terminal } from './terminal.js';

/** The terminal that this process was started at. */
export class ProcessTerminal implements Terminal {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env = process.env;
  readonly cwd = process.cwd();
  private readonly controller = new AbortController();
  private listening = false;

  constructor() {
    // Whoever read the output has seen enough: `skerry call ... | head -1`.
    this.stdout = new StreamOutput(process.stdout, () => {
      this.controller.abort(new Interruption('the end of its reader', exitCodes.ok));
    });
    this.stderr = new StreamOutput(process.stderr, () => undefined);
  }

  get signal(): AbortSignal {
    if (!this.listening) {
      this.listening = true;
      for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => this.interrupt(name));
    }
    return this.controller.signal;
  }

  async readStdin(): Promise<string> {
    const { signal } = this;
    signal.throwIfAborted();
    return text(addAbortSignal(signal, process.stdin));
  }

  get interactive(): boolean {
    return process.stdin.isTTY === true && this.stderr.isTTY;
  }

  get editing(): NonNullable<Terminal['editing']> {
    return { input: process.stdin, output: process.stdout };
  }

  openKeyboard(): Keyboard | undefined {
    if (!this.interactive || !this.stdout.isTTY) return undefined;
    return new ProcessKeyboard(process.stdin, process.stderr, () => this.interrupt('SIGINT'));
  }

  readLines(): AsyncIterable<string> {
    const { signal } = this;
    signal.throwIfAborted();
    return linesOf(addAbortSignal(signal, process.stdin.setEncoding('utf8')));
  }

  private interrupt(name: NodeJS.Signals): void {
    const exitCode = 128 + constants.signals[name];
    // Asked twice: whatever is being waited for takes too long.
    if (this.controller.signal.aborted) process.exit(exitCode);
    this.controller.abort(new Interruption(name, exitCode));
  }
}

class StreamOutput implements Output {
  /** @param closed Called when nobody reads any more. */
  constructor(
    private readonly stream: Writable & { isTTY?: boolean; columns?: number },
    closed: () => void,
  ) {
    stream.on('error', closed);
  }

  get isTTY(): boolean {
    return this.stream.isTTY === true;
  }

  get columns(): number {
    return this.stream.columns ?? 80;
  }

  write(text: string): Promise<void> {
    if (this.stream.destroyed) return Promise.resolve();
    return new Promise((resolve) => this.stream.write(text, () => resolve()));
  }
}
