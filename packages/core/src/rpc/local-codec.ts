import type { Codec } from '../codec/codec.js';

/**
 * A message on its way within the process: the value itself, already a copy, in the place of its bytes. What carries
 * messages looks at nothing but their length.
 */
class LocalMessage {
  constructor(
    readonly value: unknown,
    readonly length: number,
  ) {}
}

/** What a codec makes of messages, without the bytes in between: same values, same limits, same errors. */
export class LocalCodec implements Codec {
  readonly name: string;
  readonly contentType: string;

  /** @param maxMessageBytes What is larger when it is encoded gets its true length, for others to refuse. */
  constructor(
    private readonly codec: Codec,
    private readonly maxMessageBytes: number,
  ) {
    this.name = codec.name;
    this.contentType = codec.contentType;
  }

  encode(message: unknown): Uint8Array {
    const copy = this.codec.copy?.(message);
    if (copy && copy.mostBytes <= this.maxMessageBytes) return boxed(copy.value, copy.mostBytes);
    const bytes = this.codec.encode(message);
    return boxed(copy ? copy.value : this.codec.decode(bytes), bytes.length);
  }

  decode(bytes: Uint8Array): unknown {
    return (bytes as unknown as LocalMessage).value;
  }
}

/** Typed as the bytes that it stands for: both ends of a local connection are known to use this codec. */
function boxed(value: unknown, length: number): Uint8Array {
  return new LocalMessage(value, length) as unknown as Uint8Array;
}
