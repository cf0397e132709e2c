import type { Clock } from '../clock/clock.js';
import type { Codec } from '../codec/codec.js';
import type { ErrorOrigin } from '../errors/skerry-error.js';
import { SkerryError } from '../errors/skerry-error.js';
import { unsent } from './caller.js';
import { LocalCodec } from './local-codec.js';
import { LocalStream, type LocalGround } from './local-stream.js';
import { metadataBytes } from './metadata.js';
import { messageTooLarge } from './open-stream.js';
import { defaultRpcLimits } from './protocol.js';
import type { OpenHead, Resolution, RpcAcceptor, RpcStream, StreamEvents } from './stream.js';

export interface LocalConnectionOptions<E> {
  readonly acceptor: RpcAcceptor<E>;
  readonly clock: Clock;
  readonly codec: Codec;
  readonly self: ErrorOrigin;
  readonly maxMessageBytes: number;
  /** Makes the connection of another codec. */
  readonly speaking: (codec: Codec) => LocalConnection<E>;
  /** Whether new calls are refused because the process shuts down. */
  readonly leaving: () => boolean;
}

// Work that calls itself must let sockets and timers have their turn: this often, which is every millisecond at worst.
const deliveriesPerTurn = 200;

/**
 * The short way from a client to a service of the same process: no frames, no bytes, no socket; the same deadlines, errors,
 * limits and flow control, and messages are copied as the codec would have copied them.
 */
export class LocalConnection<E> {
  readonly draining = false;
  readonly local = true;
  readonly codec: LocalCodec;
  private readonly ground: LocalGround;
  private readonly resolved = new Map<string, Resolution<E>>();
  private readonly others = new Map<string, LocalConnection<E>>();
  private posted: (() => void)[] = [];
  private delivered = 0;
  private streams = 0;

  constructor(private readonly options: LocalConnectionOptions<E>) {
    const { codec, maxMessageBytes, self } = options;
    this.codec = new LocalCodec(codec, maxMessageBytes);
    this.ground = {
      ...{ windowBytes: defaultRpcLimits.windowBytes, maxMessageBytes, self },
      post: (delivery) => this.post(delivery),
    };
  }

  /** As a connection of the native protocol has it: never throws, nothing happens before it has returned. */
  open(name: string, head: OpenHead, payload: Uint8Array | undefined, end: boolean, events: StreamEvents): RpcStream {
    const { maxMessageBytes, leaving } = this.options;
    if (leaving()) {
      return unsent(
        events,
        new SkerryError('SKERRY_RPC_DRAINING', `cannot call ${name}: this process is shutting down`),
      );
    }
    if (payload !== undefined && payload.length > maxMessageBytes) {
      return unsent(events, messageTooLarge(payload.length, maxMessageBytes, 'this process itself'));
    }
    const excess = head.metadata && metadataBytes(head.metadata);
    if (SkerryError.is(excess)) return unsent(events, excess);
    const [caller, callee] = LocalStream.pair(++this.streams, this.ground, events, end);
    this.post(() => this.accept(name, head, payload, end, caller, callee));
    return caller;
  }

  /** The same, with messages as another codec would carry them. */
  speaking(codec: Codec): LocalConnection<E> {
    if (codec.name === this.codec.name) return this;
    let other = this.others.get(codec.name);
    if (!other) this.others.set(codec.name, (other = this.options.speaking(codec)));
    return other;
  }

  private accept(
    name: string,
    head: OpenHead,
    payload: Uint8Array | undefined,
    end: boolean,
    caller: LocalStream,
    callee: LocalStream,
  ): void {
    if (caller.ended) return;
    const { acceptor } = this.options;
    let resolution = this.resolved.get(name);
    if (!resolution) {
      resolution = acceptor.resolve(name);
      // Names are the caller's: those that nobody has are not remembered.
      if ('endpoint' in resolution) this.resolved.set(name, resolution);
    }
    if ('error' in resolution) {
      callee.fail(resolution.error, false);
      return;
    }
    const copied = head.metadata ? { ...head, metadata: { ...head.metadata } } : head;
    callee.acceptedBy(acceptor.accept(callee, resolution.endpoint, copied, payload as Buffer, end));
  }

  private post(delivery: () => void): void {
    if (this.posted.push(delivery) > 1) return;
    if (++this.delivered % deliveriesPerTurn === 0) this.options.clock.nextTurn(this.deliver);
    else queueMicrotask(this.deliver);
  }

  private readonly deliver = (): void => {
    const { posted } = this;
    // What is posted meanwhile is delivered in this turn as well, in its order.
    for (let at = 0; at < posted.length && at < deliveriesPerTurn; at++) posted[at]!();
    this.posted = posted.slice(deliveriesPerTurn);
    if (this.posted.length > 0) this.options.clock.nextTurn(this.deliver);
  };
}
