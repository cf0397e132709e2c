import { describedJson, type Codec, type JsonSchema, type MessageCodec } from '@skerry/core';
import { readValue, writeValue } from './codec/anything.js';
import { DecoderCompiler, type MessageDecoder } from './codec/decoder.js';
import { EncoderCompiler } from './codec/encoder.js';
import type { WriteValue } from './codec/scalars.js';
import type { MessagePlan } from './plan/message-plan.js';
import { planOf } from './plan/plan-of.js';
import { Reader } from './wire/reader.js';
import { written } from './wire/writer.js';

/**
 * Protocol Buffers (proto3), in their wire format. What has a schema that numbers all of its fields (`@Field`) is a message of
 * its own, compiled from that schema; everything else is a `google.protobuf.Value`, which says what JSON can say.
 *
 * Presence is explicit: what is `undefined` or `null` is not written, a zero is. What cannot be told apart in protobuf: a list
 * or map that is absent from one that is empty (it is empty where its class requires it, otherwise absent), and a message that
 * is `undefined` from one without fields.
 *
 * Decodes at most 64 levels. Unknown fields are skipped; keys `__proto__` and `constructor` are dropped.
 */
export class ProtobufCodec implements Codec {
  readonly name = 'protobuf';
  readonly contentType: string = 'application/x-protobuf';

  encode(message: unknown): Uint8Array {
    return written(writeAnything, message);
  }

  decode(bytes: Uint8Array): unknown {
    return readValue(new Reader(bytes).outermostValue());
  }

  forSchema(schema: JsonSchema): MessageCodec {
    const plan = planOf(schema);
    if (plan) return new CompiledCodec(plan);
    // A Value says what JSON can say: what that has no word for is text there, and is what it was where the schema says so.
    const values = {
      encode: (message: unknown) => this.encode(message),
      decode: (bytes: Uint8Array) => this.decode(bytes),
      copy: () => undefined,
    };
    return describedJson(values, schema) ?? this;
  }
}

/** The same under the other name that HTTP has for it; peers agree on `protobuf` whichever of the two they have. */
export class PlainProtobufCodec extends ProtobufCodec {
  override readonly contentType = 'application/protobuf';
}

class CompiledCodec implements MessageCodec {
  private readonly write: WriteValue;
  private readonly decoder: MessageDecoder;
  private readonly writeRoot: (writer: Parameters<WriteValue>[0], message: unknown) => void;

  constructor(plan: MessagePlan) {
    const { name } = plan;
    this.write = new EncoderCompiler().message(plan);
    this.decoder = new DecoderCompiler().message(plan);
    this.writeRoot = (writer, message) => this.write(writer, message ?? nothing, name);
  }

  encode(message: unknown): Uint8Array {
    return written(this.writeRoot, message);
  }

  decode(bytes: Uint8Array): unknown {
    return this.decoder.read(new Reader(bytes));
  }
}

const nothing = {};

function writeAnything(writer: Parameters<WriteValue>[0], message: unknown): void {
  writer.outermostValue();
  writeValue(writer, message, 'the message');
}
