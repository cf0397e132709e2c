import { readFileSync, readlinkSync } from 'node:fs';

/** One process, told apart from all others that ever were. Plain data: others of its machine read it in the store. */
export interface ProcessId {
  /** One boot of one machine, and there one space of process numbers, as of a container; empty where that cannot be known. */
  readonly place: string;
  readonly pid: number;
  /** When it began, in ticks since the boot: numbers come again. */
  readonly begun: string;
}

let own: ProcessId | undefined;

export function thisProcess(): ProcessId {
  own ??= Object.freeze({ place: placeOf(), pid: process.pid, begun: statOf(process.pid)?.begun ?? '' });
  return own;
}

/**
 * Whether a process has ended, for certain: `false` also where that cannot be told, as of another machine or container, or where
 * there is no `/proc`. One that is stopped, or hangs, has not ended.
 */
export function isOver({ place, pid, begun }: ProcessId): boolean {
  if (place === '' || begun === '' || place !== thisProcess().place) return false;
  if (!exists(pid)) return true;
  const found = statOf(pid);
  if (!found) return false;
  // A zombie does nothing any more; it only waits to be buried.
  return found.begun !== begun || found.state === 'Z' || found.state === 'X';
}

function placeOf(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // Of process numbers, and of what ticks are counted from.
    return [boot, readlinkSync('/proc/self/ns/pid'), readlinkSync('/proc/self/ns/time')].join(' ');
  } catch {
    return '';
  }
}

/** Unlike `/proc`, this does not hide the processes of others. */
function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** `undefined` where it cannot be read, for whatever reason. */
function statOf(pid: number): { readonly state: string; readonly begun: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name comes second, in brackets, and may hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', begun: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}
