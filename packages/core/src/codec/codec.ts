/**
 * Turns messages into bytes and back. Synchronous, without state, safe to share.
 *
 * @see json-codec.ts for the reference.
 */
export interface Codec {
  /** As peers agree on it when they connect: `json`. */
  readonly name: string;
  /** As HTTP names it: `application/json`. */
  readonly contentType: string;

  /** Throws `SKERRY_CODEC_ENCODE_FAILED` for what it cannot carry. The result belongs to the caller. */
  encode(message: unknown): Uint8Array;

  /**
   * Throws `SKERRY_CODEC_DECODE_FAILED` for what is no message. Input comes from strangers: bounded in depth and time,
   * never a polluted prototype.
   *
   * @param bytes May be kept; the message may share them.
   */
  decode(bytes: Uint8Array): unknown;

  /**
   * What `decode(encode(message))` gives, without the bytes: for calls within one process. `undefined` where only the bytes
   * can tell. Absent where the codec knows no short way.
   */
  copy?(message: unknown): MessageCopy | undefined;
}

export interface MessageCopy {
  /** Shares nothing with the message that could be changed. */
  readonly value: unknown;
  /** At least as many bytes as encoding would give. */
  readonly mostBytes: number;
}
