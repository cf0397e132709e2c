import type { Socket } from 'node:net';
import type { Clock } from '../clock/clock.js';
import type { SkerryError } from '../errors/skerry-error.js';
import type { Link, TransportLimits } from './driver.js';
import type { EndOfLink } from './farewell.js';
import { readFirstBytes, type Recogniser } from './first-bytes.js';
import type { PortProtocol } from './port-protocol.js';
import { preface, withPreface } from './preface.js';
import { badPreface, complaint, ignoreErrors } from './socket-errors.js';
import { SocketLink } from './socket-link.js';

/** What a listener does with those that connect. */
export interface Visitors {
  readonly accept: (link: Link) => void;
  readonly refused: (error: SkerryError) => void;
  readonly others: readonly PortProtocol[];
}

/** Whom a connection may turn out to be from. */
export interface Candidate extends Recogniser {
  /**
   * Takes the connection over, in the turn in which it was recognised.
   *
   * @param untilMs By the clock: when it must be known what is to become of the connection.
   */
  take(socket: Socket, peer: string, untilMs: number): void;
}

/**
 * Where the connections of one listener wait until it is known what they are. Nobody waits longer than
 * {@link TransportLimits.prefaceTimeoutMs} in all, whatever is asked of them one after the other.
 */
export class Reception {
  private readonly waiting = new Map<Socket, () => void>();

  constructor(
    private readonly clock: Clock,
    private readonly limits: TransportLimits,
    private readonly visitors: Visitors,
    private readonly end: EndOfLink,
  ) {}

  /** When one that comes now must be known. */
  get untilMs(): number {
    return this.clock.now() + this.limits.prefaceTimeoutMs;
  }

  /** The protocols of the port: the native one, then the others. */
  get protocols(): readonly Candidate[] {
    return [
      {
        ...withPreface,
        take: (socket, peer) => {
          socket.write(preface);
          this.visitors.accept(new SocketLink(socket, peer, this.clock, this.limits, this.end));
        },
      },
      ...this.visitors.others.map((other) => ({
        recognises: (first: Buffer) => other.recognises(first),
        take: (socket: Socket, peer: string) => other.accept(socket, peer),
      })),
    ];
  }

  /** Waits for what a peer says, and gives it to whom it is for. */
  receive(socket: Socket, peer: string, candidates: readonly Candidate[], untilMs = this.untilMs): void {
    const { clock, limits, visitors } = this;
    const giveUp = readFirstBytes(socket, candidates, clock, untilMs - clock.now(), (outcome) => {
      this.waiting.delete(socket);
      if (outcome.kind === 'recognised') return outcome.by.take(socket, peer, untilMs);
      ignoreErrors(socket).destroy();
      // A peer that left, as port scanners and balancers' health checks do, was not turned away.
      if (outcome.kind === 'gone') return;
      visitors.refused(badPreface('accept', peer, complaint(outcome, limits.prefaceTimeoutMs)));
    });
    this.waiting.set(socket, giveUp);
  }

  /** Has a connection wait for something else; `giveUp` is called when the listener closes, before the socket is destroyed. */
  hold(socket: Socket, giveUp: () => void): void {
    this.waiting.set(socket, giveUp);
  }

  release(socket: Socket): void {
    this.waiting.delete(socket);
  }

  /** Breaks all that wait. */
  close(): void {
    for (const [socket, giveUp] of this.waiting) {
      giveUp();
      ignoreErrors(socket).destroy();
    }
    this.waiting.clear();
  }
}
