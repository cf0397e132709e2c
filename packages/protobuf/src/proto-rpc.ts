import type { EnvelopeCodec, RpcEnvelope, RpcId } from '@skerry/core';
import { ProtobufCodec } from './protobuf-codec.js';
import { cannotDecode, cannotEncode } from './wire/failures.js';
import { Reader } from './wire/reader.js';
import { written, type Writer } from './wire/writer.js';

const methodTag = 10;
const seqTag = 17;
const errorTag = 26;
const lengthBytes = 4;

/**
 * proto-rpc, as go-micro has it: a header and a message, each with its length in front, in 4 bytes, the highest first.
 *
 *     message Request { optional string service_method = 1; optional fixed64 seq = 2; }
 *     message Response { optional string service_method = 1; optional fixed64 seq = 2; optional string error = 3; }
 *
 * An answer can be told from a call by its `error`, which go-micro always writes, also when it is empty; an error has nothing
 * but its text. There are no notifications, and the id is a whole number of 64 bits: in the range that a number has it is one,
 * beyond that its digits.
 */
export class ProtoRpcCodec implements EnvelopeCodec {
  readonly name = 'proto-rpc';
  readonly contentType = 'application/proto-rpc';

  constructor(readonly messages: ProtobufCodec = new ProtobufCodec()) {}

  encode(envelope: RpcEnvelope): Uint8Array {
    const { kind, method } = envelope;
    if (kind === 'notification') throw cannotEncode('a notification', 'has no form in proto-rpc');
    const seq = sequence(envelope.id);
    const error = kind === 'error' ? envelope.error.message || 'failed' : kind === 'reply' ? '' : undefined;
    const header = written(writeHeader, { method, seq, error });
    const message = kind === 'request' ? envelope.params : kind === 'reply' ? envelope.result : undefined;
    const bytes = Buffer.allocUnsafe(2 * lengthBytes + header.length + (message?.length ?? 0));
    bytes.writeUInt32BE(header.length, 0);
    bytes.set(header, lengthBytes);
    bytes.writeUInt32BE(message?.length ?? 0, lengthBytes + header.length);
    if (message) bytes.set(message, 2 * lengthBytes + header.length);
    return bytes;
  }

  decode(bytes: Uint8Array): RpcEnvelope {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const header = part(bytes, view, 0);
    const message = part(bytes, view, lengthBytes + header.length);
    if (2 * lengthBytes + header.length + message.length !== bytes.length) {
      throw cannotDecode('something follows the envelope');
    }
    const { method, id, error } = readHeader(header);
    if (error === undefined) {
      if (method === undefined) throw cannotDecode('a call names no method');
      return { kind: 'request', id, method, ...(message.length > 0 ? { params: message } : {}) };
    }
    const named = method === undefined ? {} : { method };
    if (error !== '') return { kind: 'error', id, error: { message: error }, ...named };
    return { kind: 'reply', id, result: message, ...named };
  }
}

interface Header {
  readonly method: string | undefined;
  readonly seq: bigint;
  readonly error: string | undefined;
}

function writeHeader(writer: Writer, { method, seq, error }: Header): void {
  if (method !== undefined) {
    writer.varint(methodTag);
    if (!writer.string(method)) throw cannotEncode('the method', 'has half a surrogate pair');
  }
  writer.varint(seqTag);
  writer.bigFixed64(seq);
  if (error !== undefined) {
    writer.varint(errorTag);
    // Of other people's making: what has no UTF-8 must not hide what it says.
    writer.string(Buffer.from(error).toString());
  }
}

function readHeader(bytes: Uint8Array): { method?: string; id: RpcId; error?: string } {
  const reader = new Reader(bytes);
  let seq = 0n;
  const header: { method?: string; error?: string } = {};
  while (reader.position < reader.end) {
    const tag = reader.tag();
    if (tag === methodTag) header.method = reader.string();
    else if (tag === seqTag) seq = reader.bigFixed64();
    else if (tag === errorTag) header.error = reader.string();
    else reader.expectUnknown(tag, 3);
  }
  const id = seq <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(seq) : seq.toString();
  return { ...header, id };
}

function part(bytes: Uint8Array, view: DataView, at: number): Uint8Array {
  if (at + lengthBytes > bytes.length) throw cannotDecode('it ends in the middle of an envelope');
  const length = view.getUint32(at);
  if (length > bytes.length - at - lengthBytes) throw cannotDecode('it ends in the middle of an envelope');
  return bytes.subarray(at + lengthBytes, at + lengthBytes + length);
}

function sequence(id: RpcId): bigint {
  const isWhole = typeof id === 'number' ? Number.isSafeInteger(id) : /^\d{1,20}$/.test(id ?? '');
  const seq = isWhole ? BigInt(id!) : -1n;
  if (seq < 0n || seq >= 2n ** 64n) throw cannotEncode('the id', 'is no whole number of 64 bits');
  return seq;
}
