import type { Codec, MessageCodec } from '../codec/codec.js';
import type { JsonSchema } from '../schema/json-schema.js';

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

class LocalMessageCodec implements MessageCodec {
  /** @param maxMessageBytes What is larger when it is encoded gets its true length, for others to refuse. */
  constructor(
    private readonly inner: MessageCodec,
    protected readonly maxMessageBytes: number,
  ) {}

  encode(message: unknown): Uint8Array {
    const { inner } = this;
    const copy = inner.copy?.(message);
    if (copy && copy.mostBytes <= this.maxMessageBytes) return boxed(copy.value, copy.mostBytes);
    const bytes = inner.encode(message);
    return boxed(copy ? copy.value : inner.decode(bytes), bytes.length);
  }

  decode(bytes: Uint8Array): unknown {
    return (bytes as unknown as LocalMessage).value;
  }
}

/** What a codec makes of messages, without the bytes in between: same values, same limits, same errors. */
export class LocalCodec extends LocalMessageCodec implements Codec {
  readonly name: string;
  readonly contentType: string;

  constructor(
    private readonly codec: Codec,
    maxMessageBytes: number,
  ) {
    super(codec, maxMessageBytes);
    this.name = codec.name;
    this.contentType = codec.contentType;
  }

  forSchema(schema: JsonSchema): MessageCodec {
    const described = this.codec.forSchema?.(schema) ?? this.codec;
    return described === this.codec ? this : new LocalMessageCodec(described, this.maxMessageBytes);
  }
}

/** Typed as the bytes that it stands for: both ends of a local connection are known to use this codec. */
function boxed(value: unknown, length: number): Uint8Array {
  return new LocalMessage(value, length) as unknown as Uint8Array;
}
