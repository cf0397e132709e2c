import type { JsonSchema } from '../schema/json-schema.js';

/** Turns messages of one kind into bytes and back. Synchronous, without state, safe to share. */
export interface MessageCodec {
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

/**
 * What an engine implements to write messages. By itself it writes those that nobody has described; a codec that can make
 * something of a description compiles it in {@link forSchema}.
 *
 * @see json-codec.ts for the reference.
 */
export interface Codec extends MessageCodec {
  /** As peers agree on it when they connect: `json`. */
  readonly name: string;
  /** As HTTP names it: `application/json`. */
  readonly contentType: string;

  /**
   * For messages of one class. Called once for each and kept, so it may be slow; it must not throw for any JSON Schema, which
   * may be a stranger's, out of the registry. Absent, or itself, where a description changes nothing.
   *
   * @param schema Of the class, with the keywords of `schema/field.ts` where the class says more than JSON Schema can.
   */
  forSchema?(schema: JsonSchema): MessageCodec;
}

export interface MessageCopy {
  /** Shares nothing with the message that could be changed. */
  readonly value: unknown;
  /** At least as many bytes as encoding would give. */
  readonly mostBytes: number;
}
