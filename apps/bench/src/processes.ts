import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What this process must not leave behind, however it ends. */
const running = new Set<ChildProcess>();
let directory: string | undefined;

/** Kills the child, should it still run, when this process ends. */
export function watch(child: ChildProcess): void {
  running.add(child);
  child.once('exit', () => running.delete(child));
}

/** Of what Node prints of a crash the line that says why; otherwise the last one; empty when nothing was printed. */
export function complaintIn(printed: string): string {
  const lines = printed.split('\n').filter((line) => line.trim() !== '');
  return (lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1) ?? '').trim();
}

/** A directory for this run, that is gone afterwards. */
export function workDirectory(): string {
  directory ??= mkdtempSync(join(tmpdir(), 'skerry-bench-'));
  return directory;
}

/** Ends everything now, at the latest when this process ends; on a signal as well, of which this process then dies. */
export function cleanUpAtEnd(): void {
  process.on('exit', cleanUp);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      cleanUp();
      process.kill(process.pid, signal);
    });
  }
}

function cleanUp(): void {
  for (const child of running) child.kill('SIGKILL');
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
}
