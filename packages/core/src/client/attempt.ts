import type { Clock, Timer } from '../clock/clock.js';
import type { MessageCodec } from '../codec/codec.js';
import type { SkerryError } from '../errors/skerry-error.js';
import type { NodeRecord } from '../registry/node-record.js';
import type { CancelReason, RpcStream, StreamEvents } from '../rpc/stream.js';
import type { Outcome } from '../selector/outcome.js';
import type { Lease } from '../selector/selector.js';
import type { PeerConnection } from './protocol.js';

/** What an attempt tells the call that it belongs to. Nothing is told any more once it is closed. */
export interface AttemptHost {
  message(attempt: Attempt, payload: Buffer): void;
  completed(attempt: Attempt): void;
  /** The node answered with an error. */
  refused(attempt: Attempt, wire: unknown, started: boolean): void;
  /** The node could not be connected to, or the connection ended before the call did. */
  lost(attempt: Attempt, error: SkerryError, started: boolean): void;
  /** The node takes more of what is sent to it. */
  writable(): void;
}

/** One sending of a call to one node. A call has one after the other, or two at once where it is hedged. */
export class Attempt implements StreamEvents {
  stream?: RpcStream;
  /** Of what comes back. Set when it is sent. */
  codec?: MessageCodec;
  /** Something of the reply has come. */
  received = false;
  private over = false;
  private patience?: Timer;

  constructor(
    private readonly host: AttemptHost,
    private readonly lease: Lease,
  ) {}

  get node(): NodeRecord {
    return this.lease.node;
  }

  /**
   * Waits for the connection.
   *
   * @param patienceMs How long, before the attempt is lost; infinite to leave it to the connection.
   * @param slow       Makes the error of that.
   */
  await(
    connection: Promise<PeerConnection>,
    clock: Clock,
    patienceMs: number,
    ready: (connection: PeerConnection) => void,
    slow: () => SkerryError,
  ): void {
    if (patienceMs !== Infinity) this.patience = clock.setTimer(patienceMs, () => this.lost(slow(), false));
    connection.then(
      (made) => {
        this.patience?.cancel();
        if (!this.over) ready(made);
      },
      (error: SkerryError) => this.lost(error, false),
    );
  }

  /** Ends the attempt: the selector learns `outcome`, and the node is told where that is of use. Harmless twice. */
  close(outcome: Outcome, tell?: CancelReason): void {
    if (this.over) return;
    this.over = true;
    this.patience?.cancel();
    if (tell) this.stream?.cancel(tell);
    this.lease.done(outcome);
  }

  /** Another was faster: the node has taken at least as long as this. */
  outrun(): void {
    this.lease.answered();
    this.close('cancelled', 'cancelled');
  }

  // What the stream says.

  message(payload: Buffer): void {
    if (this.over) return;
    if (!this.received) {
      this.received = true;
      this.lease.answered();
    }
    this.host.message(this, payload);
  }

  end(): void {
    if (!this.over) this.host.completed(this);
  }

  error(wire: unknown, started: boolean): void {
    if (!this.over) this.host.refused(this, wire, started);
  }

  lost(error: SkerryError, started: boolean): void {
    if (!this.over) this.host.lost(this, error, started);
  }

  cancel(): void {
    // Only callers cancel.
  }

  writable(): void {
    if (!this.over) this.host.writable();
  }
}
