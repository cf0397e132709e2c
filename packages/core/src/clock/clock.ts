import { shareable } from './shared-signal.js';

/** A timer that was set. */
export interface Timer {
  /** Keeps the callback from running. Harmless afterwards, or twice. */
  cancel(): void;
}

/**
 * Time and chance. Everything in Skerry that waits, times out, backs off or picks at random asks the clock it was given,
 * which is what lets a test own both. The class is the injection token: provide another to replace it.
 */
export abstract class Clock {
  /**
   * Milliseconds, with fractions, that only ever grow. On a real clock the same for all processes of one machine since it
   * booted, so that one can judge the age of what another wrote. No relation to the calendar.
   */
  abstract now(): number;

  /** Milliseconds since 1970 by the wall clock, which jumps. For people and for tokens, never for a duration. */
  abstract wallTime(): number;

  /**
   * Runs `callback` once, `delayMs` from now; at the earliest after the current turn, even for 0 or less.
   *
   * @param background Does not keep the process alive. Default `false`.
   */
  abstract setTimer(delayMs: number, callback: () => void, background?: boolean): Timer;

  /**
   * Runs `callback` as soon as input and output that wait have had their turn. No time passes: a manual clock need not be
   * advanced. By default a timer of 0 ms.
   */
  nextTurn(callback: () => void): void {
    this.setTimer(0, callback);
  }

  /** Uniform in [0, 1). Not for secrets. */
  abstract random(): number;

  /** `bytes` random bytes as lower-case hexadecimal, for ids. On a real clock from the system's secure source. */
  abstract randomHex(bytes: number): string;

  /** Resolves `delayMs` from now; rejects with the signal's reason when it is aborted before. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const aborted = (): void => {
        timer.cancel();
        reject(signal!.reason as Error);
      };
      const timer = this.setTimer(delayMs, () => {
        signal?.removeEventListener('abort', aborted);
        resolve();
      });
      if (signal) shareable(signal).addEventListener('abort', aborted, { once: true });
    });
  }
}
