import type { Clock } from '../clock/clock.js';

const firstMs = 100;
// With one deadline of 5 s before it, a registry that comes back is whole again within ten seconds.
const usualLongestMs = 3_000;

/** How long to wait after each failure: doubling from 0.1 s to 3 s, say, of which a random half is taken off. */
export class Backoff {
  private failures = 0;

  constructor(
    private readonly clock: Clock,
    private readonly atMostMs: number,
    private readonly longestMs = usualLongestMs,
  ) {}

  nextMs(): number {
    const ms = Math.min(firstMs * 2 ** this.failures++, this.longestMs, this.atMostMs);
    return ms * (1 - this.clock.random() / 2);
  }

  reset(): void {
    this.failures = 0;
  }
}
