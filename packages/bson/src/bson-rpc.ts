import { SkerryError, type EnvelopeCodec, type EnvelopeError, type RpcEnvelope, type RpcId } from '@skerry/core';
import { BsonCodec } from './bson-codec.js';
import { documentBytes, readDocument } from './read-document.js';

const codec = new BsonCodec();

/**
 * go-micro's bson-rpc: two documents, one behind the other. The first is `{ ServiceMethod, Seq }`, of an answer with `Error`, which is
 * empty where all went well; the second is the message, and there always: a call without one has an empty document.
 *
 * Ids are text; numbers are written as their digits and arrive as text. There are no notifications. An error has `Code` and `Data`
 * besides, which go-micro passes over.
 */
export class BsonRpcCodec implements EnvelopeCodec {
  readonly name = 'bson-rpc';
  readonly contentType = 'application/bson-rpc';
  readonly messages = codec;

  encode(envelope: RpcEnvelope): Uint8Array {
    switch (envelope.kind) {
      case 'request': {
        const { id, method, params = codec.encode({}) } = envelope;
        return Buffer.concat([codec.encode({ ServiceMethod: method, Seq: idText(id) }), params]);
      }
      case 'notification':
        throw new SkerryError('SKERRY_CODEC_ENCODE_FAILED', 'bson-rpc has no notifications: send a request');
      case 'reply': {
        const { id, method = '', result } = envelope;
        return Buffer.concat([codec.encode({ ServiceMethod: method, Seq: idText(id), Error: '' }), result]);
      }
      case 'error': {
        const { id, method = '', error } = envelope;
        const { code, message, data } = error;
        // Without text it would be a reply.
        const Error = message === '' ? 'unspecified error' : message;
        const head = { ServiceMethod: method, Seq: idText(id), Error, Code: code, Data: data };
        return Buffer.concat([codec.encode(head), codec.encode({})]);
      }
    }
  }

  decode(bytes: Uint8Array): RpcEnvelope {
    const headBytes = documentBytes(bytes);
    if (!(headBytes >= 5 && headBytes <= bytes.length)) throw refusal('its first document is cut short');
    const { ServiceMethod, Seq, Error, Code, Data } = readDocument(bytes.subarray(0, headBytes));
    const body = bytes.subarray(headBytes);
    if (body.length > 0 && documentBytes(body) !== body.length)
      throw refusal('its second document is cut short, or not the last');
    const id = idIn(Seq);
    const method = textOf(ServiceMethod);
    if (Error === undefined) {
      if (!method) throw refusal('it has neither a method nor an error');
      return { kind: 'request', id, method, ...(body.length > 0 ? { params: body } : {}) };
    }
    const message = textOf(Error);
    if (message === undefined) throw refusal('its error is no text');
    const named = method ? { method } : {};
    if (message === '') return { kind: 'reply', id, result: body.length > 0 ? body : codec.encode({}), ...named };
    const error: EnvelopeError = {
      ...(typeof Code === 'number' ? { code: Code } : {}),
      message,
      ...(Data === undefined ? {} : { data: Data }),
    };
    return { kind: 'error', id, error, ...named };
  }
}

function idText(id: RpcId): string {
  if (id !== null) return String(id);
  throw new SkerryError('SKERRY_CODEC_ENCODE_FAILED', 'bson-rpc has no id null: give text');
}

/** Older versions of go-micro count; newer ones write text. */
function idIn(seq: unknown): RpcId {
  const text = typeof seq === 'bigint' || typeof seq === 'number' ? String(seq) : textOf(seq);
  if (text === undefined) throw refusal('its id is neither text nor a number');
  return text;
}

/** Of text, which go-micro's library writes as binary data: strings of Go need not be Unicode. */
function textOf(value: unknown): string | undefined {
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  return typeof value === 'string' ? value : undefined;
}

function refusal(why: string): SkerryError {
  return new SkerryError('SKERRY_CODEC_DECODE_FAILED', `cannot read as bson-rpc: ${why}`);
}
