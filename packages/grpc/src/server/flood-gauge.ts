const windowMs = 10_000;
/** In a window: what a peer may do beyond what it is served. */
const mostResets = 400;
const mostPings = 200;
const mostSettings = 50;

/**
 * Notices peers that keep a connection busy with what costs them nothing: calls that are given up at once, pings, settings. What
 * is done for calls that come to their end does not count against them.
 */
export class FloodGauge {
  private since: number;
  private opens = 0;
  private completed = 0;
  private resets = 0;
  private pings = 0;
  private changes = 0;

  /** @param flooded Called when it is too much; for people. */
  constructor(
    now: number,
    private readonly flooded: (why: string) => void,
  ) {
    this.since = now;
  }

  opened(): void {
    this.opens += 1;
  }

  closed(reset: boolean): void {
    if (!reset) this.completed += 1;
    else if (++this.resets > mostResets + this.completed) this.tell(`it gave up ${this.resets} calls`);
  }

  /** Clients ping to learn how fast the way is, for as long as data comes. */
  ping(): void {
    if (++this.pings > mostPings + 2 * this.opens) this.tell(`it sent ${this.pings} pings`);
  }

  settings(): void {
    if (++this.changes > mostSettings) this.tell(`it sent ${this.changes} settings`);
  }

  tick(now: number): void {
    if (now - this.since < windowMs) return;
    this.since = now;
    this.opens = this.completed = this.resets = this.pings = this.changes = 0;
  }

  private tell(what: string): void {
    this.flooded(`${what} within ${windowMs} ms`);
  }
}
