import { randomBytes } from 'node:crypto';
import { Clock, type Timer } from './clock.js';

// setTimeout fires at once for anything longer.
const longestMs = 2 ** 31 - 1;

/** The machine's own time and randomness: the one place that may ask for them. */
export class SystemClock extends Clock {
  // performance.now() starts with the process and is four times as fast as hrtime, which starts with the machine.
  private readonly machineOffsetMs = Number(process.hrtime.bigint()) / 1e6 - performance.now();

  override now(): number {
    return this.machineOffsetMs + performance.now();
  }

  override wallTime(): number {
    return Date.now();
  }

  override setTimer(delayMs: number, callback: () => void, background = false): Timer {
    const handle = setTimeout(callback, Math.min(Math.max(delayMs, 0), longestMs));
    if (background) handle.unref();
    return { cancel: () => clearTimeout(handle) };
  }

  override random(): number {
    return Math.random();
  }

  override randomHex(bytes: number): string {
    return randomBytes(bytes).toString('hex');
  }
}
