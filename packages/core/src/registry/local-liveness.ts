import { readFileSync, readlinkSync } from 'node:fs';
import type { Clock } from '../clock/clock.js';

/** Who wrote a record and when, in terms that another process of the same machine can check. */
export interface LocalStamp {
  /** Which boot of the machine; empty where it does not tell. */
  readonly boot: string;
  /** Which numbering of processes; empty where it is not known. Containers have their own. */
  readonly pidNamespace: string;
  readonly pid: number;
  /**
   * When the process started, as the kernel counts: tells it from a later one with the same number. Empty if unknown.
   */
  readonly startedAt: string;
  /** By the machine's monotonic clock. */
  readonly refreshedAtMs: number;
}

// Rounding, and no more: the clock is the same for all processes of one boot.
const clockToleranceMs = 1_000;

/**
 * Judges whether what a process wrote still holds. Reads /proc synchronously: it is memory, and never waits for a disk.
 */
export class LocalLiveness {
  private readonly self: Omit<LocalStamp, 'refreshedAtMs'>;

  constructor(private readonly clock: Clock) {
    const own = processStat('self');
    const { pid, platform } = process;
    // Where /proc shows another namespace than the one this process is in, no number in it means what it says.
    const linuxNamespace = own?.pid === pid ? readLink('/proc/self/ns/pid') : '';
    this.self = {
      boot: readFile('/proc/sys/kernel/random/boot_id')?.trim() ?? '',
      pidNamespace: platform === 'linux' ? linuxNamespace : platform,
      pid,
      startedAt: own?.startedAt ?? '',
    };
  }

  /** What this process writes now. */
  stamp(): LocalStamp {
    return { ...this.self, refreshedAtMs: this.clock.now() };
  }

  /**
   * Whether a record with this stamp still stands: it is of this boot, not older than its TTL, and its process exists.
   */
  alive(stamp: LocalStamp, ttlMs: number): boolean {
    const ageMs = this.clock.now() - stamp.refreshedAtMs;
    if (stamp.boot !== this.self.boot || ageMs >= ttlMs || ageMs < -clockToleranceMs) return false;
    const comparable = this.self.pidNamespace !== '' && stamp.pidNamespace === this.self.pidNamespace;
    return !comparable || processExists(stamp);
  }
}

function processExists({ pid, startedAt }: LocalStamp): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it exists, and is someone else's.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const stat = processStat(pid);
  if (!stat) return true;
  // A zombie has ended and waits for its parent to notice, which in a container may be never.
  const ended = stat.state === 'Z' || stat.state === 'X';
  return !ended && (startedAt === '' || stat.startedAt === startedAt);
}

/** Fields 1, 3 and 22 of proc_pid_stat(5). */
function processStat(pid: number | 'self'): { pid: number; state: string; startedAt: string } | undefined {
  const text = readFile(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // Field 2 is the program's name in parentheses, and may contain anything, parentheses and spaces included.
  const rest = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { pid: Number.parseInt(text, 10), state: rest[0] ?? '', startedAt: rest[19] ?? '' };
}

function readFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
