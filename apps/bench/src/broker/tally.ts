import { median } from '../measure/statistics.js';
import { machineUs, type Placed } from './contender.js';
import type { HandledMessages } from './orders.js';

/** What was handled, since somebody asked last. */
export class Tally {
  private tookUs: number[] = [];
  private last: unknown;
  private endedUs = 0;
  private expected = Infinity;
  private enough: (() => void) | undefined;

  readonly handled = (message: unknown): void => {
    this.endedUs = machineUs();
    this.last = message;
    this.tookUs.push(this.endedUs - (message as Placed).at);
    if (this.tookUs.length >= this.expected) this.enough?.();
  };

  /** Resolves when so many were handled; rejects when that takes too long, and when there were more. */
  async of(messages: number, withinMs: number): Promise<HandledMessages> {
    await this.until(messages, withinMs);
    const { tookUs, last, endedUs } = this;
    this.tookUs = [];
    if (tookUs.length > messages) throw new Error(`${tookUs.length} messages were handled of ${messages}`);
    return { endedUs, medianUs: median(tookUs), last };
  }

  private async until(messages: number, withinMs: number): Promise<void> {
    if (this.tookUs.length >= messages) return;
    await new Promise<void>((resolve, reject) => {
      const late = (): void =>
        reject(new Error(`${this.tookUs.length} messages of ${messages} were handled within ${withinMs} ms`));
      const timer = setTimeout(late, withinMs);
      this.expected = messages;
      this.enough = () => {
        clearTimeout(timer);
        resolve();
      };
    }).finally(() => {
      this.expected = Infinity;
      this.enough = undefined;
    });
  }
}
