import type { Clock } from '../clock/clock.js';
import type { SkerryError } from '../errors/skerry-error.js';
import type { GuardedDriver } from './guarded-driver.js';
import { keepWatched } from './keep-watched.js';
import { Pacer } from './pacer.js';

/** Who is told what the watch of a service tells. */
export interface WatchListener {
  /** The engine reported a list, as it gave it. */
  reported(list: unknown): void;
  /** The watch was lost; not told again before one has held. */
  lost(error: SkerryError): void;
  /** There is a new watch: what changed between the two was not reported. */
  resumed(): void;
}

interface SharedWatch {
  readonly listeners: Set<WatchListener>;
  readonly end: () => void;
  /** Set from when it was lost until it is watched again. */
  lost?: SkerryError;
}

/**
 * One watch for each service, whoever wants it: those who call the service, and each node of it that is registered here. It
 * lasts as long as somebody listens.
 */
export class SharedWatches {
  private readonly watches = new Map<string, SharedWatch>();
  private readonly running = new Set<Promise<void>>();

  constructor(
    private readonly driver: GuardedDriver,
    private readonly clock: Clock,
    private readonly relistMs: number,
  ) {}

  /**
   * Listens from now on: what changed before is told to nobody. Without effect on an engine that cannot watch, which is not
   * polled instead. Returns what ends it.
   */
  listen(service: string, listener: WatchListener): () => void {
    if (!this.driver.canWatch) return () => undefined;
    const watch = this.watches.get(service) ?? this.begin(service);
    watch.listeners.add(listener);
    if (watch.lost) listener.lost(watch.lost);
    return () => {
      if (!watch.listeners.delete(listener) || watch.listeners.size > 0) return;
      this.watches.delete(service);
      watch.end();
    };
  }

  /** Resolves when nothing is on its way any more of the watches that nobody listens to. */
  async ended(): Promise<void> {
    await Promise.all(this.running);
  }

  private begin(service: string): SharedWatch {
    const { driver, clock, relistMs } = this;
    const lifetime = new AbortController();
    const pacer = new Pacer(clock);
    const end = (): void => {
      lifetime.abort(new Error(`${service} is no longer watched`));
      pacer.wake();
    };
    const watch: SharedWatch = { listeners: new Set(), end };
    this.watches.set(service, watch);
    const tell = (what: (listener: WatchListener) => void): void => [...watch.listeners].forEach(what);
    const run = keepWatched({
      service,
      driver,
      clock,
      pacer,
      restMs: relistMs,
      signal: lifetime.signal,
      reported: (list) => tell((listener) => listener.reported(list)),
      lost: (error) => {
        watch.lost = error;
        tell((listener) => listener.lost(error));
      },
      resumed: () => {
        delete watch.lost;
        tell((listener) => listener.resumed());
      },
    }).finally(() => this.running.delete(run));
    this.running.add(run);
    return watch;
  }
}
