import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { clearTimeout, setTimeout } from 'node:timers';
import { setTimeout as sleep } from 'node:timers/promises';

// A child of the process may hold its output open after it; what the process itself printed is read long before this.
const lastWordsMs = 200;

/** How a process ended: by itself with a code, or by a signal. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process that a test started. It leads a process group of its own, so its children can be ended with it. */
export class RunningProcess {
  readonly pid: number;
  readonly stdin: Writable;
  /** Resolves when the process has ended and what it printed has been read. Never rejects. */
  readonly exited: Promise<Exit>;

  private readonly lines: string[] = [];
  private readonly listeners = new Set<() => void>();
  private exit?: Exit;
  private groupGone = false;

  /** @param command For messages. */
  constructor(
    private readonly command: string,
    private readonly child: ChildProcessByStdio<Writable, Readable, Readable>,
  ) {
    this.pid = child.pid!;
    this.stdin = child.stdin;
    // A process may close its input or end at any time; writing to it then is no failure of the test's process.
    this.stdin.on('error', () => undefined);
    const read = [child.stdout, child.stderr].map((stream) => {
      const reader = createInterface({ input: stream, crlfDelay: Infinity });
      reader.on('line', (line) => this.printed(line));
      return once(reader, 'close');
    });
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        // Looked at now, while no other process can have got the number.
        this.groupGone = !this.signalGroup(0);
        void Promise.race([Promise.all(read), sleep(lastWordsMs, undefined, { ref: false })]).then(() => {
          this.exit = { code, signal };
          this.notify();
          resolve(this.exit);
        });
      });
    });
  }

  /** All whole lines so far, of stdout and stderr as they came. */
  get output(): string {
    return this.lines.join('\n');
  }

  /**
   * Resolves with the first line that fits, as `pattern` matched it, also when it was printed before. Rejects, showing the
   * output, when the process ends without it or it does not come in time.
   */
  waitForLine(pattern: RegExp | string, timeoutMs = 10_000): Promise<RegExpMatchArray> {
    const wanted = typeof pattern === 'string' ? new RegExp(pattern.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&')) : pattern;
    let seen = 0;
    return new Promise((resolve, reject) => {
      const settle = (outcome: () => void): void => {
        clearTimeout(timer);
        this.listeners.delete(look);
        outcome();
      };
      const fail = (why: string): void => settle(() => reject(new Error(this.complaint(wanted, why))));
      const look = (): void => {
        for (; seen < this.lines.length; seen++) {
          const match = this.lines[seen]!.match(wanted);
          if (match) return settle(() => resolve(match));
        }
        if (this.exit) fail(`ended (${this.exit.signal ?? `exit code ${this.exit.code}`})`);
      };
      const timer = setTimeout(() => fail(`went on for ${timeoutMs} ms`), timeoutMs);
      this.listeners.add(look);
      look();
    });
  }

  /** Sends a signal to the process alone, as `kill` would. Does nothing once it has ended. */
  kill(signal: NodeJS.Signals = 'SIGTERM'): void {
    this.child.kill(signal);
  }

  /** Kills the process and all that it started in its group, and resolves when it is gone. Harmless twice. */
  async end(): Promise<void> {
    if (!this.groupGone) this.signalGroup('SIGKILL');
    await this.exited;
    for (const stream of [this.child.stdin, this.child.stdout, this.child.stderr]) stream.destroy();
  }

  /** Whether there was anyone to signal. */
  private signalGroup(signal: NodeJS.Signals | 0): boolean {
    try {
      return process.kill(-this.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
      throw error;
    }
  }

  private printed(line: string): void {
    this.lines.push(line);
    this.notify();
  }

  private notify(): void {
    for (const listener of [...this.listeners]) listener();
  }

  private complaint(wanted: RegExp, why: string): string {
    const output = this.lines.slice(-40).map((line) => `\n  | ${line}`);
    return `${this.command} (pid ${this.pid}) ${why} without a line like ${wanted}; it printed${output.join('') || ' nothing'}`;
  }
}
