import type { SkerryError } from '../errors/skerry-error.js';
import type { WireError } from '../errors/wire.js';

/**
 * One call on a connection, as either side holds it. Messages go both ways, in order. The caller's end only says that it
 * sends no more; the callee's end, or its error, is the end of the stream.
 *
 * Nothing here throws, and after the end nothing here does anything.
 */
export interface RpcStream {
  /** From 1, growing; 0 for a stream that never began. */
  readonly id: number;

  /**
   * Sends a message, and with `end` says that it was the last; `undefined` sends no message, only the end.
   *
   * What is sent although the stream is not {@link writable} is held until the peer allows it: right for a last message or
   * two, but a producer of many should wait, for what is held has no bound.
   *
   * @param payload May be kept until it is sent: must not change afterwards. One that is larger than both sides allow ends
   *                the stream with {@link StreamEvents.lost}.
   */
  send(payload: Uint8Array | undefined, end: boolean): void;

  /**
   * The callee's failure; ends the stream both ways. Does nothing for the caller.
   *
   * @param started `false` promises that no work was begun, so the caller may safely call again. Default `true`.
   */
  fail(error: WireError, started?: boolean): void;

  /** The caller gives up; no further event comes. Does nothing for the callee. */
  cancel(reason: CancelReason): void;

  /** Says that the application is done with a received message, once for each, with its bytes: the peer may send more. */
  consumed(bytes: number): void;

  /** Whether the peer and the link take more now. After a `false`, {@link StreamEvents.writable} tells. */
  readonly writable: boolean;
}

/**
 * What happens to a stream. Called in the turn in which it arrived; must not throw.
 *
 * For the caller one of `end`, `error` and `lost` is the last. For the callee `cancel` and `lost` are the last.
 */
export interface StreamEvents {
  /**
   * @param payload May be kept.
   * @param last    Its frame carried the end as well: {@link end} follows at once. A unary reply is such a message.
   */
  message(payload: Buffer, last: boolean): void;

  /** The peer sends no more messages. */
  end(): void;

  /**
   * Caller only: the callee failed.
   *
   * @param wire    For `fromWire`: a stranger's JSON, unchecked; `undefined` when it was unreadable.
   * @param started `false` when the callee promises that it began no work.
   */
  error(wire: unknown, started: boolean): void;

  /**
   * Callee only: the caller gave up. The stream still counts as open until the callee calls `send` with `end`, or `fail`,
   * neither of which reaches anyone: so a caller that opens and cancels cannot have more work running than it may.
   */
  cancel(reason: CancelReason): void;

  /** More may be sent, after `writable` was `false`. May come unasked. */
  writable(): void;

  /**
   * The connection ended first, or the call could not be sent.
   *
   * @param started `false` when the callee certainly began no work: the call may safely be sent again, elsewhere.
   */
  lost(error: SkerryError, started: boolean): void;
}

export type CancelReason = 'cancelled' | 'deadline';

/** What comes with a call besides its message. */
export interface OpenHead {
  /** How long the caller will wait from now on, in ms; relative, because clocks differ. Rounded up, at most 2^32 - 1. */
  readonly timeoutMs: number;
  /** 32 and 16 lower-case hexadecimal digits, as in W3C Trace Context. Sent when both are there. */
  readonly traceId?: string;
  readonly spanId?: string;
  /** The flags byte of W3C Trace Context. Default 0. */
  readonly traceFlags?: number;
  /** At most 64 entries, 16 KiB in all. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** What the accepting side of a connection does with the calls that arrive. */
export interface RpcAcceptor<E> {
  /** Finds an endpoint by `service.handler`: once for each name on each connection, so it may be slow. */
  resolve(name: string): Resolution<E>;

  /**
   * Takes a call. May send, and end, within; must not throw.
   *
   * @param payload The first message; `undefined` when the caller began without one. Counts for {@link RpcStream.consumed}.
   * @param ended   The caller sends no more: there will be no {@link StreamEvents.end}.
   */
  accept(stream: RpcStream, endpoint: E, head: OpenHead, payload: Buffer | undefined, ended: boolean): StreamEvents;
}

/** An endpoint, or what calls of that name are answered: `SKERRY_RPC_UNKNOWN_ENDPOINT`, with what it might have meant. */
export type Resolution<E> = { readonly endpoint: E } | { readonly error: WireError };
