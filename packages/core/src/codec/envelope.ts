import type { Codec } from './codec.js';

/**
 * What answers belong to their requests by. A protocol may know fewer kinds; what it does not know it refuses to encode.
 * `null` is what JSON-RPC answers with when it could not read the request's.
 */
export type RpcId = string | number | null;

/** A call, or an answer to one, as protocols that put the whole of it into one envelope have it. */
export type RpcEnvelope = RpcRequest | RpcNotification | RpcReply | RpcFailure;

/**
 * The message inside is still bytes, in {@link EnvelopeCodec.messages}: only who knows the method knows its schema, and the
 * pipelines of calls take bytes and give bytes.
 */
interface Enclosing {
  /** Which form of its protocol, where it has several: `2.0`. An answer is written in its request's. Default: the codec's own. */
  readonly dialect?: string | undefined;
}

export interface RpcRequest extends Enclosing {
  readonly kind: 'request';
  readonly id: RpcId;
  /** `service.handler` */
  readonly method: string;
  /** Absent where the method is called without a message. */
  readonly params?: Uint8Array | undefined;
}

/** A call whose caller wants no answer. */
export interface RpcNotification extends Enclosing {
  readonly kind: 'notification';
  readonly method: string;
  readonly params?: Uint8Array | undefined;
}

export interface RpcReply extends Enclosing {
  readonly kind: 'reply';
  readonly id: RpcId;
  readonly result: Uint8Array;
  /** What was called, for protocols that repeat it. */
  readonly method?: string | undefined;
}

export interface RpcFailure extends Enclosing {
  readonly kind: 'error';
  readonly id: RpcId;
  readonly error: EnvelopeError;
  readonly method?: string | undefined;
}

/** An error as envelopes carry it. Some have nothing but the message: the rest is lost there. */
export interface EnvelopeError {
  /** JSON-RPC's: -32768 to -32000 are the protocol's own. */
  readonly code?: number | undefined;
  readonly message: string;
  /** Plain data: a `WireError`, for example. */
  readonly data?: unknown;
}

/** Writes whole calls: the method, the message and what the answer is recognised by. Synchronous, without state, safe to share. */
export interface EnvelopeCodec {
  /** `json-rpc` */
  readonly name: string;
  /** `application/json-rpc` */
  readonly contentType: string;
  /** What the messages inside are written in. */
  readonly messages: Codec;

  /**
   * Throws `SKERRY_CODEC_ENCODE_FAILED` for what its protocol has no form for.
   *
   * @param envelope Its message must be what {@link messages} has encoded.
   */
  encode(envelope: RpcEnvelope): Uint8Array;

  /**
   * Throws `SKERRY_CODEC_DECODE_FAILED` for what is no envelope. Input comes from strangers, as it does for `Codec.decode`.
   *
   * @param bytes One envelope, whole. May be kept; the envelope may share them.
   */
  decode(bytes: Uint8Array): RpcEnvelope;
}
