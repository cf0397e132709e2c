import type { Client } from '@skerry/core';
import type { Chance } from '../chance.js';
import { faultCodes, operations, type Operation } from './operations.js';
import type { SoakService } from './service.js';
import type { Tally } from './vitals.js';

const tickMs = 10;
/** Under way at once. While nodes are frozen calls are not begun instead of piling up, so the load itself stays bounded. */
const mostInFlight = 256;

/** Calls at a steady rate, whatever becomes of the calls, and counts what does. Remembers nothing else. */
export class Load {
  readonly tally: Tally = { calls: 0, skipped: 0, failed: {}, unexpected: {} };
  private inFlight = 0;
  private owed = 0;
  private lastAt = performance.now();
  private readonly ticking: NodeJS.Timeout;

  constructor(
    private readonly soak: Client<SoakService>,
    private readonly chance: Chance,
    private readonly callsPerSecond: number,
  ) {
    this.ticking = setInterval(() => this.tick(), tickMs);
  }

  stop(): void {
    clearInterval(this.ticking);
  }

  private tick(): void {
    const now = performance.now();
    // After a pause of the machine there is no burst to make up for it.
    this.owed += (Math.min(now - this.lastAt, 10 * tickMs) / 1_000) * this.callsPerSecond;
    this.lastAt = now;
    for (; this.owed >= 1; this.owed--) {
      if (this.inFlight < mostInFlight) void this.call(this.chance.weighted(operations));
      else this.tally.skipped++;
    }
  }

  private async call(operation: Operation): Promise<void> {
    this.inFlight++;
    this.tally.calls++;
    try {
      await operation.run(this.soak, this.chance);
      if (operation.endsWith) this.count(operation, 'it succeeded', true);
    } catch (error) {
      const { code, name } = error as Error & { code?: unknown };
      const what = typeof code === 'string' ? code : name;
      this.count(operation, what, !operation.endsWith?.includes(what) && !faultCodes.has(what));
    } finally {
      this.inFlight--;
    }
  }

  private count(operation: Operation, what: string, unexpected: boolean): void {
    const { failed, unexpected: strange } = this.tally;
    failed[what] = (failed[what] ?? 0) + 1;
    if (!unexpected) return;
    const key = `${operation.name}: ${what}`;
    strange[key] = (strange[key] ?? 0) + 1;
  }
}
