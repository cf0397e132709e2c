import type { PageClock } from './page-clock.js';
import { PageConnection, subprotocol, type PageSocketClass } from './page-connection.js';

export type ConnectionState = 'connecting' | 'open' | 'closed';

const firstBackoffMs = 100;
const longestBackoffMs = 5_000;
/** A connection that lived so long was no failure. */
const soundMs = 5_000;

export interface DialerOptions {
  readonly url: string;
  readonly clock: PageClock;
  readonly webSocket: PageSocketClass;
  readonly onState: (state: ConnectionState) => void;
}

/** Keeps the connection to a server: makes it when calls need one, and anew when it is gone, slower each time that fails. */
export class Dialer {
  /** Why the last connection could not be made, or ended. */
  failure: string | undefined;
  /** Of the page: nothing is connected any more. */
  closed = false;
  private connection: PageConnection | undefined;
  private readonly waiting = new Set<() => void>();
  private failures = 0;
  private pause: { cancel(): void } | undefined;

  constructor(private readonly options: DialerOptions) {}

  /** The connection that new calls belong on; `undefined` while there is none. */
  get current(): PageConnection | undefined {
    return this.connection?.usable ? this.connection : undefined;
  }

  /** Calls back once there is one, maybe many attempts later. Gives what takes that back. */
  wait(then: () => void): () => void {
    this.waiting.add(then);
    this.dial();
    return () => this.waiting.delete(then);
  }

  close(): void {
    this.closed = true;
    this.pause?.cancel();
    this.waiting.clear();
    this.connection?.end('the page closed it');
  }

  private dial(): void {
    if (this.closed || this.pause || this.waiting.size === 0) return;
    // One that is being made, or is there already.
    if (this.connection && !this.connection.leaving) return;
    if (this.failures > 0) {
      const longestMs = Math.min(longestBackoffMs, firstBackoffMs * 2 ** (this.failures - 1));
      this.pause = this.options.clock.setTimer(longestMs * (0.5 + this.options.clock.random() / 2), () => {
        this.pause = undefined;
        if (this.waiting.size > 0) this.connect();
      });
    } else this.connect();
  }

  private connect(): void {
    const { url, clock, webSocket, onState } = this.options;
    const begun = clock.now();
    onState('connecting');
    const connection: PageConnection = new PageConnection(new webSocket(url, [subprotocol]), clock, {
      ready: () => {
        onState('open');
        const waiting = [...this.waiting];
        this.waiting.clear();
        for (const then of waiting) then();
      },
      closed: (why) => {
        this.failure = why;
        // One that left was replaced already.
        if (this.connection !== connection) return;
        this.connection = undefined;
        this.failures = clock.now() - begun < soundMs ? this.failures + 1 : 0;
        onState('closed');
        this.dial();
      },
    });
    this.connection = connection;
  }
}
