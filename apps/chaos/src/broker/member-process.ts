import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const startsWithinMs = 30_000;

export interface MemberOptions {
  readonly name: string;
  /** Compiled. */
  readonly script: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Told each line that it prints, but for `ready`. */
  readonly said: (line: string) => void;
  /** Told when it ends without being killed. */
  readonly crashed: (what: string) => void;
}

/** A process that is killed and started again under the same name. It ends by itself when this process is gone. */
export class MemberProcess {
  private child: ChildProcess | undefined;
  private gone: Promise<unknown> = Promise.resolve();
  private killed = false;

  constructor(private readonly options: MemberOptions) {}

  get name(): string {
    return this.options.name;
  }

  /** Resolves when it says `ready`. */
  async start(): Promise<void> {
    const { name, script, args, env, said, crashed } = this.options;
    // Each message that waits for another's lease listens to the same signal: known, and no leak.
    const child = spawn(process.execPath, ['--disable-warning=MaxListenersExceededWarning', script, ...args], {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.child = child;
    this.killed = false;
    child.stdin.on('error', () => undefined);
    child.on('error', (error) => crashed(`${name}: ${error.message}`));
    const lines = createInterface({ input: child.stdout, crlfDelay: Infinity });
    // What it said before it was killed is read before it counts as gone.
    this.gone = Promise.all([once(lines, 'close'), once(child, 'close')]);
    child.once('exit', (code, signal) => {
      if (!this.killed) crashed(`${name} ended with ${signal ?? `exit code ${code}`}, asked for nothing`);
    });
    const ready = new Promise<boolean>((resolve) => {
      lines.on('line', (line) => (line === 'ready' ? resolve(true) : said(line)));
      lines.once('close', () => resolve(false));
      AbortSignal.timeout(startsWithinMs).addEventListener('abort', () => resolve(false), { once: true });
    });
    if (!(await ready)) throw new Error(`${name} did not start`);
  }

  /** Resolves when it is gone, with whether it was this that ended it. */
  async kill(): Promise<boolean> {
    const { child } = this;
    if (!child) return false;
    const alive = child.exitCode === null && child.signalCode === null;
    this.killed = true;
    child.kill('SIGKILL');
    await this.gone;
    return alive && child.signalCode === 'SIGKILL';
  }
}
