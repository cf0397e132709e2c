import type { Clock } from '../clock/clock.js';
import { SkerryError } from '../errors/skerry-error.js';
import type { Link } from '../transport/driver.js';
import { Caller, unsent } from './caller.js';
import { decodeGoAway, encodeGoAway, encodeHello, type Hello, type LeaveReason } from './control-json.js';
import { Introduction } from './introduction.js';
import { clientKeepAlive, KeepAliveWatch, serverKeepAlive, type KeepAlive } from './keep-alive.js';
import { Outbox } from './outbox.js';
import { Pings } from './pings.js';
import { defaultRpcLimits, frameType, type RpcLimits } from './protocol.js';
import { sideFor, type Side, type SideHost } from './side.js';
import type { OpenHead, RpcAcceptor, RpcStream, StreamEvents } from './stream.js';
import { Streams } from './streams.js';

interface Common {
  /** Who this side is, and the codecs of its messages. */
  readonly hello: Pick<Hello, 'service' | 'node' | 'codec' | 'codecs'>;
  readonly clock: Clock;
  readonly limits?: Partial<RpcLimits>;
  /** Times that differ from the role's. Default: no watch, and a peer that falls silent is not noticed. */
  readonly keepAlive?: Partial<KeepAlive>;
}

/** The side that connected is the client: it opens streams. The side that accepted is the server: it takes them. */
export type RpcConnectionOptions<E> =
  (Common & { readonly role: 'client' }) | (Common & { readonly role: 'server'; readonly acceptor: RpcAcceptor<E> });

/**
 * The native protocol over one link: many calls at once, each a stream of messages both ways. One class serves both
 * sides; what only one of them does is its {@link Side}.
 *
 * Messages are opaque bytes, and deadlines are only passed on. Nothing that a peer sends makes this throw: what the
 * protocol does not allow is answered by GOAWAY with `SKERRY_RPC_PROTOCOL`, and ends the connection.
 */
export class RpcConnection<E = never> {
  private readonly limits: RpcLimits;
  private readonly outbox: Outbox;
  private readonly streams: Streams;
  private readonly pings: Pings;
  private readonly introduction: Introduction;
  private readonly keepAlive: KeepAliveWatch | undefined;
  private readonly closeListeners: ((error?: SkerryError) => void)[] = [];
  /** Set once the peer has introduced itself. */
  private side: Side<E> | undefined;
  private farewell: LeaveReason | undefined;
  /** Nothing is sent or received any more; the link closes, or has closed. */
  private ended = false;
  private closed = false;
  private failure: SkerryError | undefined;

  /** Takes the link over, which must not have been started, and introduces this side. */
  constructor(
    private readonly link: Link,
    private readonly options: RpcConnectionOptions<E>,
  ) {
    this.limits = { ...defaultRpcLimits, ...options.limits };
    const { helloTimeoutMs, windowBytes, maxStreams, maxMessageBytes } = this.limits;
    this.outbox = new Outbox(link, options.role === 'server');
    this.streams = new Streams(this.outbox, maxMessageBytes);
    this.pings = new Pings(options.clock, this.outbox);
    this.introduction = new Introduction(options.clock, helloTimeoutMs, (problem) => this.violated(problem));
    this.keepAlive = this.watch();
    link.start({
      frame: (bytes) => this.received(bytes),
      drained: () => {
        this.outbox.drained();
        this.streams.drained();
      },
      progress: () => this.keepAlive?.heard(),
      closed: (error) => this.linkClosed(error),
    });
    this.outbox.send(encodeHello({ ...options.hello, windowBytes, maxStreams, maxMessageBytes }));
  }

  /** Whether new calls belong on another connection: either side leaves, or it has ended. */
  get draining(): boolean {
    return this.streams.leaving || this.ended;
  }

  /** Streams that are not over; on a server also those whose caller has left and whose handler has not ended. */
  get openStreams(): number {
    return this.streams.size;
  }

  /** The peer's introduction; `undefined` until it came, which is before its first call. */
  get peerHello(): Hello | undefined {
    return this.introduction.hello;
  }

  /** The peer's introduction. Rejects with the signal's reason, or when the connection ends first. */
  ready(signal?: AbortSignal): Promise<Hello> {
    if (this.introduction.hello) return Promise.resolve(this.introduction.hello);
    return this.ended ? Promise.reject(this.lossError()) : this.introduction.read(signal);
  }

  /**
   * Client only, once {@link ready}: calls `endpoint`, which is `service.handler`. Never throws; what keeps the call from
   * being sent is told by `lost`, in a later microtask.
   *
   * @param payload The first message; `undefined` to begin without one.
   * @param end     There will be no further one.
   */
  open(
    endpoint: string,
    head: OpenHead,
    payload: Uint8Array | undefined,
    end: boolean,
    events: StreamEvents,
  ): RpcStream {
    if (this.side instanceof Caller && !this.ended) return this.side.open(endpoint, head, payload, end, events);
    const code = this.ended ? this.endCode : 'SKERRY_RPC_PROTOCOL';
    const why = this.ended
      ? this.lossError().message
      : 'only a client calls, after its peer is ready(): await that first';
    return unsent(events, new SkerryError(code, `cannot call ${endpoint} at ${this.link.peer}: ${why}`));
  }

  /** Takes no more streams, lets those that are open finish, then closes. Harmless twice. */
  goAway(reason: LeaveReason = { code: 'SKERRY_RPC_DRAINING', message: 'it is shutting down' }): void {
    if (this.ended) return;
    this.streams.leaving = true;
    this.outbox.send(encodeGoAway(this.streams.last, reason));
    this.closeWhenIdle();
  }

  /** Asks the peer for a sign of life; resolves with the round trip in ms. A peer that is congested does not answer. */
  ping(signal: AbortSignal): Promise<number> {
    return this.ended ? Promise.reject(this.lossError()) : this.pings.send(signal);
  }

  /** Sends what is queued, then closes; open streams are lost. Harmless twice. */
  close(): void {
    this.leave(undefined, { code: 'SKERRY_RPC_DRAINING', message: 'it closed the connection' });
  }

  /** Closes at once and drops what is queued; open streams are lost. Also cuts {@link close} short. */
  destroy(error?: SkerryError): void {
    this.end(error);
    this.link.destroy(error);
  }

  /** Calls back when the link is gone, after all streams were told; with what ended it, unless that was in order. */
  onClose(listener: (error?: SkerryError) => void): void {
    if (this.closed) queueMicrotask(() => listener(this.failure));
    else this.closeListeners.push(listener);
  }

  private watch(): KeepAliveWatch | undefined {
    const { keepAlive, role, clock } = this.options;
    if (!keepAlive) return undefined;
    const times = { ...(role === 'client' ? clientKeepAlive : serverKeepAlive), ...keepAlive };
    return new KeepAliveWatch(clock, times, {
      peer: this.link.peer,
      busy: () => this.streams.size > 0,
      ping: () => this.pings.knock(),
      giveUp: (error) => this.destroy(error),
    });
  }

  private received(bytes: Buffer): void {
    if (this.ended) return;
    this.keepAlive?.heard();
    const problem = this.side ? this.dispatch(bytes, this.side) : this.introduced(bytes);
    if (problem !== undefined) this.violated(problem);
  }

  /** A string is what is wrong with the frame. */
  private dispatch(bytes: Buffer, side: Side<E>): string | undefined {
    switch (bytes[0]) {
      case frameType.data:
        return this.streams.data(bytes);
      case frameType.credit:
        return this.streams.credit(bytes);
      case frameType.ping:
      case frameType.pong:
        return this.pings.received(bytes);
      case frameType.goAway:
        return this.goneAway(bytes);
      case frameType.hello:
        return 'it introduced itself twice';
      case undefined:
        return 'it sent an empty frame';
      default:
        return side.received(bytes);
    }
  }

  private introduced(bytes: Buffer): string | undefined {
    const hello = this.introduction.received(bytes);
    if (typeof hello === 'string') return hello;
    const { options, outbox, streams, limits, link } = this;
    const { service = '', node = '' } = options.hello;
    const host: SideHost = {
      ...{ outbox, streams, limits, self: { service, node }, peer: link.peer },
      goAway: (message) => this.goAway({ code: 'SKERRY_RPC_DRAINING', message }),
      closeWhenIdle: () => this.closeWhenIdle(),
    };
    this.side = sideFor(host, hello, options.role === 'server' ? options.acceptor : undefined);
    this.introduction.announce();
    return undefined;
  }

  private goneAway(bytes: Buffer): string | undefined {
    const decoded = decodeGoAway(bytes);
    if (typeof decoded === 'string') return decoded;
    const { last, reason } = decoded;
    this.streams.leaving = true;
    this.farewell = reason;
    if (this.options.role === 'client') {
      const message = `${this.link.peer} did not start the call: ${reason.message} (${reason.code})`;
      this.streams.lose(new SkerryError('SKERRY_RPC_DRAINING', message), false, last);
    }
    if (reason.code === 'SKERRY_RPC_PROTOCOL') {
      this.end(new SkerryError(reason.code, `${this.link.peer} gave up the connection: ${reason.message}`));
      this.link.close();
    }
    this.closeWhenIdle();
    return undefined;
  }

  private violated(problem: string): void {
    const code = 'SKERRY_RPC_PROTOCOL';
    const error = new SkerryError(code, `gave up the connection to ${this.link.peer}: ${problem}`);
    this.leave(error, { code, message: problem });
  }

  private closeWhenIdle(): void {
    if (!this.streams.leaving || this.ended || this.streams.size > 0) return;
    this.end();
    this.link.close();
  }

  private leave(failure: SkerryError | undefined, reason: LeaveReason): void {
    if (this.ended) return;
    this.outbox.send(encodeGoAway(this.streams.last, reason));
    this.end(failure);
    this.link.close();
  }

  private linkClosed(error?: SkerryError): void {
    this.end(error);
    this.closed = true;
    for (const listener of this.closeListeners.splice(0)) listener(this.failure);
  }

  /** Tells everyone who waits for something. */
  private end(failure?: SkerryError): void {
    if (this.ended) return;
    this.ended = true;
    this.failure = failure;
    this.introduction.stopWaiting();
    this.keepAlive?.stop();
    if (this.streams.size === 0 && this.pings.size === 0 && !this.introduction.awaited) return;
    const error = this.lossError();
    this.introduction.fail(error);
    this.pings.fail(error);
    this.streams.lose(error, true);
  }

  /** For calls that came too late: a peer that left in order, as it said, is not one that was lost. */
  private get endCode(): 'SKERRY_RPC_DRAINING' | 'SKERRY_RPC_CONNECTION_LOST' {
    const left = !this.failure && this.farewell?.code === 'SKERRY_RPC_DRAINING';
    return left ? 'SKERRY_RPC_DRAINING' : 'SKERRY_RPC_CONNECTION_LOST';
  }

  private lossError(): SkerryError {
    const { failure, farewell, link } = this;
    if (failure?.code === 'SKERRY_RPC_CONNECTION_LOST') return failure;
    const why = failure?.message ?? (farewell ? `it said ${farewell.code}: ${farewell.message}` : 'it was closed');
    return new SkerryError('SKERRY_RPC_CONNECTION_LOST', `the connection to ${link.peer} ended: ${why}`, {
      cause: failure,
    });
  }
}
