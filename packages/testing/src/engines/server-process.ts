import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the environment of the test. */
  readonly env?: Readonly<Record<string, string>>;
}

const mostOutput = 4_000;

// Waits until its input ends, which is also what happens when this process is killed; then ends the group, and removes what it wrote
// once nobody is left to write it. A zombie counts as alive, so this does not wait for ever.
const guardScript = `read -r end
kill -s KILL -- "-$1" 2>/dev/null
for try in 1 2 3 4 5 6 7 8 9 10; do kill -s 0 -- "-$1" 2>/dev/null || break; sleep 0.1; done
rm -rf -- "$2"`;

/**
 * A server that a test started. It leads a process group of its own, keeps nobody's process alive, and ends with this process however
 * that ends: a test run that is interrupted runs no hooks.
 */
export class ServerProcess {
  /** The end of what it printed. */
  output = '';
  /** How it ended, for messages; `undefined` while it runs. */
  ended: string | undefined;
  private readonly exited: Promise<unknown>;
  private readonly guard: ChildProcess;

  private constructor(
    private readonly child: ChildProcess,
    folder: string,
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.output = `${this.output}${chunk.toString()}`.slice(-mostOutput)));
      (stream as (Readable & { unref?: () => void }) | null)?.unref?.();
    }
    child.unref();
    this.guard = spawn('sh', ['-c', guardScript, 'sh', String(child.pid), folder], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.guard.unref();
    this.guard.stdin?.on('error', () => undefined);
    (this.guard.stdin as unknown as { unref(): void }).unref();
    this.exited = once(child, 'exit').then(([code, signal]: (string | number | null)[]) => {
      this.ended = signal === null ? `exit code ${code}` : String(signal);
    });
  }

  /**
   * Resolves once it runs; rejects when it cannot be started.
   *
   * @param folder Removed, should this process end before the server is ended.
   */
  static async start({ command, args, env }: Launch, folder: string): Promise<ServerProcess> {
    const child = spawn(command, args, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    const spawned = once(child, 'spawn');
    const server = child.pid === undefined ? undefined : new ServerProcess(child, folder);
    await spawned;
    return server!;
  }

  /** Kills it with all that it started in its group, and resolves when it is gone. Harmless twice. */
  async end(): Promise<void> {
    try {
      process.kill(-this.child.pid!, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
    // Kept alive for as long as that takes.
    this.child.ref();
    await this.exited;
    this.guard.kill('SIGKILL');
    for (const stream of [this.child.stdout, this.child.stderr]) stream?.destroy();
  }
}
