import { isUtf8 } from 'node:buffer';
import { BSONError, onDemand } from 'bson';
import { SkerryError } from '@skerry/core';

const deepest = 64;

/** The only field of the document that stands for a message which is none: go-micro's, and before it Vitess's. */
export const wrapper = '_Val_';

const type = {
  ...{
    double: 0x01,
    string: 0x02,
    object: 0x03,
    array: 0x04,
    binary: 0x05,
    bool: 0x08,
    date: 0x09,
    null: 0x0a,
    int: 0x10,
    long: 0x12,
  },
} as const;

/**
 * Reads one document, which takes all of the bytes. Not with the library's `deserialize`: it recurses as deep as it is told to, and makes
 * references of documents that have a field `$ref`. Its elements on demand are checked against the length of what they are in.
 *
 * Throws `SKERRY_CODEC_DECODE_FAILED`.
 */
export function readDocument(given: Uint8Array): Record<string, unknown> {
  // Not a Buffer, of which the parts would be Buffers.
  const bytes = new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
  try {
    const length = documentBytes(bytes);
    if (length !== bytes.length) throw refusal(`its length says ${length} bytes`);
    return new Reader(bytes).document(0, length, 1);
  } catch (cause) {
    const why = cause instanceof Refusal || cause instanceof BSONError ? cause.message : String(cause);
    throw new SkerryError('SKERRY_CODEC_DECODE_FAILED', `cannot decode ${bytes.length} bytes as BSON: ${why}`, {
      cause,
    });
  }
}

/** How long the document at the beginning of the bytes says that it is; `NaN` where too few are there to say it. */
export function documentBytes(bytes: Uint8Array, from = 0): number {
  return bytes.length - from < 5 ? NaN : viewOf(bytes).getInt32(from, true);
}

class Refusal extends Error {}

function refusal(why: string): Refusal {
  return new Refusal(why);
}

class Reader {
  private readonly view: DataView;
  private readonly buffer: Buffer;

  constructor(private readonly bytes: Uint8Array) {
    this.view = viewOf(bytes);
    this.buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  document(from: number, length: number, depth: number): Record<string, unknown> {
    const document: Record<string, unknown> = {};
    const elements = this.elements(from, length, depth);
    for (const [kind, nameAt, nameBytes, at, size] of elements) {
      const name = this.text(nameAt, nameBytes);
      // The document that a message is put into, where it is none itself, is no level of the message.
      const isWrapper = from === 0 && elements.length === 1 && name === wrapper;
      const value = this.value(kind, at, size, isWrapper ? 0 : depth);
      if (name !== '__proto__' && name !== 'constructor') document[name] = value;
    }
    return document;
  }

  private list(from: number, length: number, depth: number): unknown[] {
    // Its elements are in order; what they are called does not count.
    return this.elements(from, length, depth).map(([kind, , , at, size]) => this.value(kind, at, size, depth));
  }

  private elements(from: number, length: number, depth: number): Element[] {
    if (depth > deepest) throw refusal(`it is nested deeper than ${deepest} levels`);
    return [...onDemand.parseToElements(this.bytes.subarray(from, from + length))].map(
      ([kind, nameAt, nameBytes, at, size]): Element => [kind, nameAt + from, nameBytes, at + from, size],
    );
  }

  private value(kind: number, at: number, size: number, depth: number): unknown {
    const { view } = this;
    switch (kind) {
      case type.double:
        return view.getFloat64(at, true);
      case type.string:
        if (size < 5 || this.bytes[at + size - 1] !== 0) throw refusal('a text does not end with a zero byte');
        return this.text(at + 4, size - 5);
      case type.object:
        return this.document(at, size, depth + 1);
      case type.array:
        return this.list(at, size, depth + 1);
      case type.binary:
        return this.binary(at, size);
      case type.bool:
        if (this.bytes[at]! > 1) throw refusal('a boolean is neither 0 nor 1');
        return this.bytes[at] === 1;
      case type.date:
        return new Date(Number(view.getBigInt64(at, true)));
      case type.null:
        return null;
      case type.int:
        return view.getInt32(at, true);
      case type.long:
        return view.getBigInt64(at, true);
      default:
        throw refusal(
          `it has a value of the type 0x${kind.toString(16).padStart(2, '0')}, of which messages are not made`,
        );
    }
  }

  /** @param size Of its length, its subtype and its bytes. */
  private binary(at: number, size: number): Uint8Array {
    const subtype = this.bytes[at + 4]!;
    if (subtype > 0x05 || subtype === 0x01 || subtype === 0x02)
      throw refusal(`it has binary data of the subtype ${subtype}`);
    return this.bytes.subarray(at + 5, at + size);
  }

  private text(from: number, length: number): string {
    const part = this.buffer.subarray(from, from + length);
    if (!isUtf8(part)) throw refusal('a text is not valid UTF-8');
    return part.toString();
  }
}

type Element = readonly [kind: number, nameAt: number, nameBytes: number, at: number, bytes: number];

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
