import { spawn, type ChildProcess } from 'node:child_process';
import type { Writable } from 'node:stream';

// Collects process groups until its input ends, which is also what happens when the writer is killed.
const script = 'while read -r group; do set -- "$@" "-$group"; done; kill -s KILL -- "$@"';

/**
 * Ends process groups when this process is gone before it could: a test run that is interrupted runs no hooks, and what tests
 * start is out of the reach of the terminal. A shell, of its own group, that waits.
 */
export class Guard {
  private shell?: ChildProcess & { stdin: Writable };

  /** From now on, kills the group when this process ends. */
  watch(group: number): void {
    this.shell ??= started();
    this.shell.stdin.write(`${group}\n`);
  }

  /** Forgets all groups: they were ended, and their numbers may be another's soon. */
  release(): void {
    this.shell?.kill('SIGKILL');
    delete this.shell;
  }

  /** As if this process were gone. */
  abandon(): void {
    this.shell?.stdin.end();
  }
}

function started(): ChildProcess & { stdin: Writable } {
  const shell = spawn('sh', ['-c', script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  // It keeps nobody waiting, and is no handle that a test left open.
  shell.unref();
  (shell.stdin as Writable & { unref(): void }).unref();
  shell.stdin.on('error', () => undefined);
  return shell;
}
