import type { Clock } from '../clock/clock.js';
import type { CallLimit } from '../service/definition.js';
import type { ServerEvents } from './server-events.js';

// Load comes in waves: it is over when none was refused for so long.
const calmMs = 1_000;

/**
 * Bounds the calls that run at once, and those that wait for their turn. Shared by all calls of one handler, or of one
 * service. First come, first served.
 */
export class Limiter {
  private running = 0;
  /** What lets each go on, by who waits. A Set keeps the order, and gives up the middle of it at no cost. */
  private readonly waiting = new Set<() => void>();
  private refused = 0;
  private refusedSince = 0;
  private refusedLast = 0;

  constructor(
    /** `greeter.hello`, or `greeter`. */
    readonly name: string,
    readonly limit: CallLimit,
    private readonly clock: Clock,
    private readonly events: ServerEvents,
  ) {}

  /**
   * Takes a place, or one in the queue: `turn` is called when that has come, with a place that was taken, and must be given
   * back by {@link leave} all the same.
   */
  enter(turn: () => void): 'entered' | 'waiting' | 'refused' {
    const { concurrency, queue } = this.limit;
    if (this.running < concurrency) {
      this.running++;
      return 'entered';
    }
    if (this.waiting.size >= queue) {
      this.refuse();
      return 'refused';
    }
    this.waiting.add(turn);
    return 'waiting';
  }

  /** Gives a place back: the next one in the queue gets it. */
  leave(): void {
    if (this.refused > 0) this.calmDown();
    const [next] = this.waiting;
    if (!next) {
      this.running--;
      return;
    }
    this.waiting.delete(next);
    // Not from here: a thousand calls that end at once would each end inside of the one before.
    queueMicrotask(next);
  }

  /** Leaves the queue. One whose turn was on its way is called all the same. */
  giveUp(turn: () => void): void {
    this.waiting.delete(turn);
  }

  private refuse(): void {
    const now = this.clock.now();
    if (this.refused++ === 0) {
      this.refusedSince = now;
      this.events({ type: 'shedding', name: this.name, ...this.limit });
    }
    this.refusedLast = now;
  }

  private calmDown(): void {
    const now = this.clock.now();
    if (now - this.refusedLast < calmMs) return;
    this.events({ type: 'shedding-over', name: this.name, refused: this.refused, tookMs: now - this.refusedSince });
    this.refused = 0;
  }
}
