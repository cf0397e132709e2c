import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Vitals } from './member/vitals.js';

const startsWithinMs = 20_000;
const answersWithinMs = 4_000;

export interface MemberOptions {
  readonly name: string;
  /** Compiled. */
  readonly script: string;
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Told when it ends without being asked to, or otherwise than it was asked to. */
  readonly crashed: (what: string) => void;
}

/** A process of the soak, which may be killed and started again under the same name. */
export class MemberProcess {
  private child: ChildProcess | undefined;
  /** Whether it can be asked. */
  private ready = false;
  private expected: 'nothing' | 'SIGKILL' | 'SIGTERM' = 'nothing';

  constructor(private readonly options: MemberOptions) {}

  get name(): string {
    return this.options.name;
  }

  /** Resolves when it is ready. */
  async start(): Promise<void> {
    const { name, script, args = [], env, crashed } = this.options;
    const child = fork(script, [...args], {
      execArgv: ['--expose-gc'],
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.child = child;
    this.expected = 'nothing';
    this.ready = false;
    child.on('error', () => undefined);
    child.once('exit', (code, signal) => {
      const asked = this.expected === 'SIGKILL' || (this.expected === 'SIGTERM' && code === 0);
      if (!asked) crashed(`${name} ended with ${signal ?? `exit code ${code}`}, asked for ${this.expected}`);
    });
    const [said] = (await Promise.race([
      once(child, 'message', { signal: AbortSignal.timeout(startsWithinMs) }),
      once(child, 'exit'),
    ])) as unknown[];
    if (said !== 'ready') throw new Error(`${name} did not start`);
    this.ready = true;
  }

  /** How it is; `undefined` where it does not answer: it is frozen, or starts anew. */
  async sample(): Promise<Vitals | undefined> {
    const { child } = this;
    if (!child?.connected || !this.ready) return undefined;
    const over = AbortSignal.timeout(answersWithinMs);
    const answer = once(child, 'message', { signal: over }).then(
      ([vitals]) => vitals as Vitals,
      () => undefined,
    );
    child.send('sample', () => undefined);
    const vitals = await answer;
    return typeof vitals === 'object' ? vitals : undefined;
  }

  /** Ends it, and resolves when it is gone. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    this.expected = signal;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }

  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }
}
