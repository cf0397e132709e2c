import type { Clock, Timer } from '../clock/clock.js';
import { SkerryError } from '../errors/skerry-error.js';

/** When a peer that says nothing is asked for a sign of life, and for how long. A connection may be half open: the peer frozen, its machine gone. */
export interface KeepAlive {
  /** Silence after which it is asked while calls are open, in ms. Default 1,000 for a client, 10,000 for a server. */
  readonly busyMs: number;
  /** Silence after which it is asked while none are, in ms. Default 15,000 for a client, 30,000 for a server. */
  readonly idleMs: number;
  /** How long it may take to send anything at all, in ms; then the connection is given up. Default 3,000, and 10,000 for a server. */
  readonly timeoutMs: number;
}

export const clientKeepAlive: KeepAlive = { busyMs: 1_000, idleMs: 15_000, timeoutMs: 3_000 };
/** A server waits longer: it loses nothing by a caller that is gone but what it works for it. */
export const serverKeepAlive: KeepAlive = { busyMs: 10_000, idleMs: 30_000, timeoutMs: 10_000 };

/** What a watch needs of its connection. */
export interface Watched {
  readonly peer: string;
  /** Whether calls are open. */
  busy(): boolean;
  ping(): void;
  giveUp(error: SkerryError): void;
}

/**
 * Notices that a peer has fallen silent. Silence is counted in ticks of its own timer, and not by the clock: when it is
 * this process that stood still, only one of them has passed, and what the peer sent meanwhile is read before the next.
 */
export class KeepAliveWatch {
  private heardSince = true;
  private silentMs = 0;
  /** How long it has been asked; `undefined` when it is not. */
  private askedMs?: number | undefined;
  private timer: Timer;

  constructor(
    private readonly clock: Clock,
    private readonly times: KeepAlive,
    private readonly watched: Watched,
  ) {
    this.timer = clock.setTimer(times.busyMs, this.tick, true);
  }

  /** Something has come. Costs nothing. */
  heard(): void {
    this.heardSince = true;
  }

  stop(): void {
    this.timer.cancel();
  }

  private readonly tick = (): void => {
    const { busyMs, idleMs, timeoutMs } = this.times;
    if (this.heardSince) {
      this.heardSince = false;
      this.silentMs = 0;
      this.askedMs = undefined;
    } else {
      this.silentMs += busyMs;
      if (this.askedMs !== undefined) {
        this.askedMs += busyMs;
        if (this.askedMs >= timeoutMs) {
          this.watched.giveUp(this.silent());
          return;
        }
      } else if (this.silentMs >= (this.watched.busy() ? busyMs : idleMs)) {
        this.askedMs = 0;
        this.watched.ping();
      }
    }
    this.timer = this.clock.setTimer(busyMs, this.tick, true);
  };

  private silent(): SkerryError {
    const { peer } = this.watched;
    const message = `the connection to ${peer} was given up: nothing came for ${this.silentMs} ms, not even an answer to a ping`;
    return new SkerryError('SKERRY_RPC_CONNECTION_LOST', message);
  }
}
