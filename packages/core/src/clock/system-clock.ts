import { randomBytes } from 'node:crypto';
import { Clock, type Timer } from './clock.js';

// setTimeout cuts off fractions, and would be early; it fires at once for anything longer than this.
const longestMs = 2 ** 31 - 1;
const poolBytes = 32_768;

/** The machine's own time and randomness: the one place that may ask for them. */
export class SystemClock extends Clock {
  // performance.now() starts with the process and is four times as fast as hrtime, which starts with the machine.
  private readonly machineOffsetMs = Number(process.hrtime.bigint()) / 1e6 - performance.now();

  private randomDigits = '';
  private drawn = 0;

  override now(): number {
    return this.machineOffsetMs + performance.now();
  }

  override wallTime(): number {
    return Date.now();
  }

  override setTimer(delayMs: number, callback: () => void, background = false): Timer {
    const handle = setTimeout(callback, Math.min(Math.max(Math.ceil(delayMs), 0), longestMs));
    if (background) handle.unref();
    return { cancel: () => clearTimeout(handle) };
  }

  override nextTurn(callback: () => void): void {
    setImmediate(callback);
  }

  override random(): number {
    return Math.random();
  }

  override randomHex(bytes: number): string {
    const digits = bytes * 2;
    // Asking the system costs as much as a whole call does otherwise, so it is asked for many ids at once.
    if (this.drawn + digits > this.randomDigits.length) {
      this.randomDigits = randomBytes(Math.max(bytes, poolBytes)).toString('hex');
      this.drawn = 0;
    }
    return this.randomDigits.slice(this.drawn, (this.drawn += digits));
  }
}
