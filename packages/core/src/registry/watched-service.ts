import type { Clock } from '../clock/clock.js';
import type { SkerryError } from '../errors/skerry-error.js';
import { Backoff } from './backoff.js';
import type { GuardedDriver } from './guarded-driver.js';
import { KnownNodes } from './known-nodes.js';
import type { NodeRecord } from './node-record.js';
import { Pacer } from './pacer.js';
import type { RegistryEvents } from './registry-events.js';
import type { RegistryOptions } from './registry-options.js';
import type { WatchListener } from './shared-watches.js';
import type { Supervision } from './supervision.js';
import { Throttle } from './throttle.js';

// A service in upheaval is rebuilt ten times a second at most, whatever its size and however often it is reported.
const rebuildMs = 100;
// However short the TTLs of a service's nodes, it is listed no more often than this.
const leastListMs = 500;
// By then each node has registered again with an engine that came back without its data.
const wholeAgainMs = 10_000;

/**
 * Keeps up with one service: lists it, watches it, and lists it again every while, since a watch may miss something or
 * die without a word. Everyone in the process who asks about the service shares this.
 */
export class WatchedService implements WatchListener {
  /** The engine has answered, and not so long ago that its answer was given up. */
  loaded = false;
  /** Why the engine cannot be asked at present. */
  failure?: SkerryError;
  /** Set by whoever reads from here; keeps it from being retired as idle. */
  used = true;
  /** `retired` when nobody asked for a while: whoever holds this looks for its successor. */
  state: 'live' | 'retired' | 'closed' = 'live';
  /** Called in the turn in which any of the above, or {@link nodes}, has changed. */
  readonly observers = new Set<() => void>();

  private readonly known: KnownNodes;
  private readonly driver: GuardedDriver;
  private readonly clock: Clock;
  private readonly options: Required<RegistryOptions>;
  private readonly events: RegistryEvents;
  private readonly lifetime = new AbortController();
  private readonly listing: Pacer;
  private readonly backoff: Backoff;
  private readonly unread: Throttle<unknown>;
  private reports = 0;
  private waiting = 0;
  private listedAt = -Infinity;
  private usedAt: number;
  private answeredAt: number;
  private failingSince = 0;
  /** The engine was lost or failed until then, and may have lost what it had. */
  private unsureUntil = -Infinity;

  constructor(
    readonly name: string,
    private readonly ground: Supervision,
  ) {
    const { driver, clock, options, events } = ground;
    this.driver = driver;
    this.clock = clock;
    this.options = options;
    this.events = events;
    this.known = new KnownNodes(Math.min(options.intervalMs, wholeAgainMs));
    this.usedAt = this.answeredAt = clock.now();
    this.listing = new Pacer(clock);
    this.backoff = new Backoff(clock, options.relistMs);
    this.unread = new Throttle(clock, rebuildMs, (list) => this.read(list));
  }

  get nodes(): readonly NodeRecord[] {
    return this.known.nodes;
  }

  /** Resolves once it is retired or closed, with no timer and no call left. */
  async run(): Promise<void> {
    // The watch goes first: what changes while the list is on its way is reported.
    const unwatch = this.ground.watches.listen(this.name, this);
    await this.keepListed();
    unwatch();
  }

  close(): void {
    this.stop('closed');
  }

  /**
   * Somebody waits for nodes: as long as there are none and the engine answers, it is listed every `absentMs`, however many
   * wait and for however short a time. Returns what ends it.
   */
  awaited(): () => void {
    this.waiting++;
    const nextMs = this.listedAt + this.options.absentMs - this.clock.now();
    if (this.nodes.length === 0 && !this.failure) this.listing.hasten(nextMs);
    return () => void this.waiting--;
  }

  // What the watch tells.

  reported(list: unknown): void {
    if (this.state !== 'live') return;
    this.reports++;
    this.unread.offer(list);
  }

  lost(error: SkerryError): void {
    if (this.state !== 'live') return;
    this.unsureUntil = this.clock.now();
    this.events({ type: 'watch-lost', service: this.name, error });
  }

  resumed(): void {
    this.unsureUntil = this.clock.now();
    this.listing.wake();
  }

  private async keepListed(): Promise<void> {
    while (this.state === 'live') {
      await this.list();
      if (this.idle()) this.stop('retired');
      else await this.listing.rest(this.nextListMs());
    }
  }

  private async list(): Promise<void> {
    const { reports } = this;
    this.listedAt = this.clock.now();
    try {
      const nodes = await this.driver.lookup(this.name, this.lifetime.signal);
      // A report that came meanwhile may be newer than this list; and if it is not, another follows.
      this.answered(reports === this.reports ? nodes : undefined);
    } catch (error) {
      this.failed(error as SkerryError);
    }
  }

  private read(list: unknown): void {
    try {
      this.answered(this.driver.readable(this.name, list));
    } catch (cause) {
      this.failed(this.driver.unavailable(`watch ${this.name}`, cause));
    }
  }

  private answered(nodes?: readonly NodeRecord[]): void {
    if (this.state !== 'live') return;
    const now = this.clock.now();
    this.answeredAt = now;
    this.backoff.reset();
    const before = { failure: this.failure, loaded: this.loaded };
    delete this.failure;
    if (before.failure) this.unsureUntil = now;
    if (before.failure) this.events({ type: 'service-recovered', service: this.name, tookMs: now - this.failingSince });
    if (nodes) {
      this.unread.overtaken();
      this.loaded = true;
      const changes = this.known.accept(nodes, now, this.unsureUntil);
      this.listing.hasten(this.known.sureInMs(now));
      if (changes) this.events({ type: 'service-changed', service: this.name, ...changes });
      if (changes || before.failure || !before.loaded) this.notify();
    } else if (before.failure) this.notify();
  }

  private failed(error: SkerryError): void {
    if (this.state !== 'live') return;
    const now = this.clock.now();
    const first = !this.failure;
    this.failure = error;
    if (first) {
      this.failingSince = now;
      this.events({ type: 'service-failing', service: this.name, kept: this.nodes.length, error });
    }
    const afterMs = now - this.answeredAt;
    const stale = this.loaded && afterMs >= this.options.maxStaleMs;
    if (stale) {
      const { length } = this.nodes;
      this.loaded = false;
      this.known.clear();
      this.events({ type: 'service-stale', service: this.name, dropped: length, afterMs });
    }
    if (first || stale) this.notify();
  }

  private nextListMs(): number {
    const { relistMs, pollMs, absentMs } = this.options;
    if (this.failure) return this.backoff.nextMs();
    const absent = this.waiting > 0 && this.nodes.length === 0;
    const everyMs = Math.min(absent ? absentMs : Infinity, this.driver.canWatch ? relistMs : pollMs);
    const now = this.clock.now();
    const confirmMs = Math.max(leastListMs, Math.min(this.known.unconfirmedInMs(now), this.known.sureInMs(now)));
    return Math.min(this.spread(everyMs), confirmMs);
  }

  /** Up to a tenth less, so that processes that started together do not ask together. */
  private spread(ms: number): number {
    return ms * (1 - this.clock.random() / 10);
  }

  private idle(): boolean {
    const now = this.clock.now();
    if (this.used || this.observers.size > 0) {
      this.used = false;
      this.usedAt = now;
    }
    return now - this.usedAt >= this.options.idleMs;
  }

  private stop(state: 'retired' | 'closed'): void {
    if (this.state !== 'live') return;
    this.state = state;
    this.lifetime.abort(new Error(`${this.name} is no longer watched`));
    this.unread.forget();
    this.listing.wake();
    this.notify();
  }

  private notify(): void {
    for (const observer of this.observers) observer();
  }
}
