import type { Clock, Timer } from '../clock/clock.js';
import { Backoff } from './backoff.js';
import type { NodeRecord } from './node-record.js';
import type { WatchListener } from './shared-watches.js';
import type { Supervision } from './supervision.js';

// Each node is told of each change of its siblings: what an engine sends for one grows with the square of their number.
const mostNodes = 200;

/**
 * What the watch of a service means for one node of it that is registered here: when a report leaves it out, or shows it at
 * another epoch, it may be lost, and whoever keeps it registered is woken to look. Only woken: reports may be old or wrong, so
 * a later one that shows the node settles it, and the more often there is doubt the longer is the wait until somebody looks.
 * Ends by itself when the service turns out to have more than 200 nodes: those are looked up every interval, and no sooner.
 */
export class RecordWatch implements WatchListener {
  private readonly clock: Clock;
  private readonly backoff: Backoff;
  private readonly calmMs: number;
  private readonly unlisten: () => void;
  private timer?: Timer;
  private doubtedAt = -Infinity;

  /**
   * @param expected The record that reports should show; `undefined` while they need not show any.
   * @param look     May be called while the last look is still going on.
   */
  constructor(
    service: string,
    { watches, clock, options: { intervalMs } }: Pick<Supervision, 'watches' | 'clock' | 'options'>,
    private readonly expected: () => NodeRecord | undefined,
    private readonly look: () => void,
  ) {
    this.clock = clock;
    this.backoff = new Backoff(clock, intervalMs, intervalMs);
    // Not less: a process that fights with another for one id is no calmer for having won this time.
    this.calmMs = 2 * intervalMs;
    this.unlisten = watches.listen(service, this);
  }

  reported(list: unknown): void {
    if (Array.isArray(list) && list.length > mostNodes) return this.end();
    const node = this.expected();
    if (!node || shows(list, node)) this.settle();
    else this.doubt();
  }

  lost(): void {
    // As long as there is no watch there is nothing new to see.
  }

  resumed(): void {
    if (this.expected()) this.doubt();
  }

  /** Leaves no timer behind. Harmless twice. */
  end(): void {
    this.unlisten();
    this.settle();
  }

  private settle(): void {
    this.timer?.cancel();
    delete this.timer;
  }

  private doubt(): void {
    if (this.timer) return;
    const now = this.clock.now();
    if (now - this.doubtedAt >= this.calmMs) this.backoff.reset();
    this.doubtedAt = now;
    const due = (): void => {
      delete this.timer;
      if (this.expected()) this.look();
    };
    this.timer = this.clock.setTimer(this.backoff.nextMs(), due, true);
  }
}

/** The list is as the engine gave it: it may be anything, and holding anything. */
function shows(list: unknown, { id, epoch }: NodeRecord): boolean {
  if (!Array.isArray(list)) return false;
  let found: unknown;
  for (const each of list as readonly (Partial<NodeRecord> | null | undefined)[]) {
    if (each?.id === id && !((each.epoch as number) < (found as number))) found = each.epoch;
  }
  return found === epoch;
}
