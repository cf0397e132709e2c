import type { Peers } from '../client/peers.js';
import type { Clock, Timer } from '../clock/clock.js';
import type { Codec } from '../codec/codec.js';
import { errorClasses, fromWire } from '../errors/wire.js';
import { SkerryError } from '../errors/skerry-error.js';
import type { NodeRecord } from '../registry/node-record.js';
import type { RpcStream, StreamEvents } from '../rpc/stream.js';

/** What calls are made with. */
export interface CallGround {
  readonly peers: Peers;
  readonly clock: Clock;
}

/** What is asked of a node. */
export interface Question<A> {
  /** `skerry.inbox.deliver` */
  readonly endpoint: string;
  readonly request: object;
  /** Throws for what is no answer. */
  readonly read: (value: unknown) => A;
  /** How long an answer may take, in ms. */
  readonly timeoutMs: number;
}

/** How a call ended. Without an answer, `started` tells whether the node may have begun it. */
export type CallEnd<A> = { readonly answer: A } | { readonly error: SkerryError; readonly started: boolean };

const knownErrors = errorClasses();
// The names that inboxes have in the registry are those of topics.
const inboxManner = { ofAnyService: true };

/**
 * One call of a node's inbox, to that node and no other: unlike a client's call it is never sent again by itself, and says
 * whether it was begun, by which attempts are counted.
 */
export class NodeCall<A> implements StreamEvents {
  readonly ended: Promise<CallEnd<A>>;
  private stream: RpcStream | undefined;
  private codec!: Codec;
  private readonly timer: Timer;
  private finish!: (end: CallEnd<A>) => void;
  private over = false;

  constructor(
    node: NodeRecord,
    private readonly question: Question<A>,
    ground: CallGround,
  ) {
    const { clock } = ground;
    const { endpoint, timeoutMs } = question;
    this.ended = new Promise((resolve) => {
      this.finish = (end) => {
        this.over = true;
        this.timer.cancel();
        resolve(end);
      };
    });
    const late = `${node.id} gave no answer to ${endpoint} within ${timeoutMs} ms`;
    const over = (): void => this.giveUp(new SkerryError('SKERRY_RPC_DEADLINE_EXCEEDED', late, { retryable: true }));
    this.timer = clock.setTimer(timeoutMs, over, true);
    void this.open(node, ground);
  }

  /** Gives it up: the node is told, and may have begun. Harmless twice. */
  giveUp(reason: SkerryError): void {
    if (this.over) return;
    this.stream?.cancel('cancelled');
    this.finish({ error: reason, started: this.stream !== undefined });
  }

  // What the stream says.

  message(payload: Buffer): void {
    if (this.over) return;
    try {
      this.finish({ answer: this.question.read(this.codec.decode(payload)) });
    } catch (error) {
      this.finish({ error: SkerryError.from(error), started: true });
    }
  }

  end(): void {
    if (!this.over)
      this.lost(new SkerryError('SKERRY_RPC_PROTOCOL', `${this.question.endpoint} ended without an answer`), true);
  }

  error(wire: unknown, started: boolean): void {
    this.lost(fromWire(wire, knownErrors), started);
  }

  lost(error: SkerryError, started: boolean): void {
    if (!this.over) this.finish({ error, started });
  }

  cancel(): void {
    // Only callers cancel.
  }

  writable(): void {
    // Nothing more is sent.
  }

  private async open(node: NodeRecord, { peers, clock }: CallGround): Promise<void> {
    const { endpoint, request, timeoutMs } = this.question;
    try {
      const connection = await peers.connection(node, false, inboxManner);
      if (this.over) return;
      this.codec = connection.codec;
      const head = { timeoutMs, traceId: clock.randomHex(16), spanId: clock.randomHex(8) };
      this.stream = connection.open(endpoint, head, this.codec.encode(request), true, this);
    } catch (error) {
      this.lost(SkerryError.from(error), false);
    }
  }
}
