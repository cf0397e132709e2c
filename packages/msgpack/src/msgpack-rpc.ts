import { SkerryError, type EnvelopeCodec, type EnvelopeError, type RpcEnvelope, type RpcId } from '@skerry/core';
import { checkMsgpack } from './check-msgpack.js';
import { MsgpackCodec } from './msgpack-codec.js';

const codec = new MsgpackCodec();
const kind = { request: 0, response: 1, notification: 2 } as const;
const none = Uint8Array.of(0xc0);

/**
 * MessagePack-RPC (github.com/msgpack-rpc/msgpack-rpc/blob/master/spec.md): `[0, id, method, params]`, `[1, id, error, result]` and
 * `[2, method, params]`. Ids are numbers of 32 bits; text is written and read as well, as go-micro's are.
 *
 * A handler takes one message, which is the only one of `params`. A message that stands in its place is read, too.
 */
export class MsgpackRpcCodec implements EnvelopeCodec {
  readonly name = 'msgpack-rpc';
  readonly contentType = 'application/msgpack-rpc';
  readonly messages = codec;

  encode(envelope: RpcEnvelope): Uint8Array {
    switch (envelope.kind) {
      case 'request': {
        const { method, params } = envelope;
        return list([kind.request, idOf(envelope.id), method], paramsOf(params));
      }
      case 'notification':
        return list([kind.notification, envelope.method], paramsOf(envelope.params));
      case 'reply':
        return list([kind.response, idOf(envelope.id), null], envelope.result);
      case 'error':
        return list([kind.response, idOf(envelope.id), errorValue(envelope.error)], none);
    }
  }

  decode(bytes: Uint8Array): RpcEnvelope {
    const parts = partsOf(bytes);
    const [type, ...values] = parts;
    switch (type && codec.decode(type)) {
      case kind.request: {
        if (values.length !== 3) throw refusal('a request has an id, a method and params, and nothing else');
        return { kind: 'request', id: idIn(values[0]!), ...callIn(values[1]!, values[2]!) };
      }
      case kind.notification: {
        if (values.length !== 2) throw refusal('a notification has a method and params, and nothing else');
        return { kind: 'notification', ...callIn(values[0]!, values[1]!) };
      }
      case kind.response: {
        if (values.length !== 3) throw refusal('a response has an id, an error and a result, and nothing else');
        const id = idIn(values[0]!);
        const error = codec.decode(values[1]!);
        return error === null
          ? { kind: 'reply', id, result: values[2]! }
          : { kind: 'error', id, error: errorIn(error) };
      }
      default:
        throw refusal('its type is neither 0, 1 nor 2');
    }
  }
}

function list(values: readonly unknown[], last: Uint8Array): Uint8Array {
  // A list of at most 15 has its length in its first byte.
  return Buffer.concat([Uint8Array.of(0x90 | (values.length + 1)), ...values.map((each) => codec.encode(each)), last]);
}

function paramsOf(message: Uint8Array | undefined): Uint8Array {
  return message ? Buffer.concat([Uint8Array.of(0x91), message]) : Uint8Array.of(0x90);
}

function idOf(id: RpcId): RpcId {
  if (typeof id === 'string' || (typeof id === 'number' && isU32(id))) return id;
  throw new SkerryError(
    'SKERRY_CODEC_ENCODE_FAILED',
    `MessagePack-RPC has no id ${id}: give a number from 0 to 2^32 - 1`,
  );
}

function idIn(bytes: Uint8Array): RpcId {
  const id = codec.decode(bytes);
  if (typeof id === 'string' || (typeof id === 'number' && isU32(id))) return id;
  throw refusal('its id is no number of 32 bits');
}

function isU32(id: number): boolean {
  return Number.isInteger(id) && id >= 0 && id < 2 ** 32;
}

function callIn(method: Uint8Array, params: Uint8Array): { method: string; params?: Uint8Array } {
  const name = codec.decode(method);
  if (typeof name !== 'string' || name === '') throw refusal('its method is no text');
  const head = params[0]!;
  const isList = (head & 0xf0) === 0x90 || head === 0xdc || head === 0xdd;
  if (!isList) return head === 0xc0 ? { method: name } : { method: name, params };
  const messages = partsOf(params);
  if (messages.length > 1) throw refusal(`a method takes one message, and params has ${messages.length}`);
  const [message] = messages;
  return message ? { method: name, params: message } : { method: name };
}

function errorValue({ code, message, data }: EnvelopeError): unknown {
  return code === undefined && data === undefined ? message : { code, message, data };
}

function errorIn(error: unknown): EnvelopeError {
  if (typeof error !== 'object' || error === null) return { message: String(error) };
  const { code, message, data } = error as Record<string, unknown>;
  return {
    ...(typeof code === 'number' ? { code } : {}),
    message: typeof message === 'string' ? message : 'an error without a message',
    ...(data === undefined ? {} : { data }),
  };
}

/** The elements of a list, each as it came. Throws when it is no list, or not well formed down to its last byte. */
function partsOf(given: Uint8Array): Uint8Array[] {
  const bytes = new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
  const { fault, end } = checkMsgpack(bytes);
  if (fault !== undefined) throw refusal(fault);
  if (end < bytes.length) throw refusal(`${bytes.length - end} bytes follow it`);
  const head = bytes[0]!;
  const headBytes = (head & 0xf0) === 0x90 ? 1 : head === 0xdc ? 3 : head === 0xdd ? 5 : 0;
  if (headBytes === 0) throw refusal('it is no list');
  const parts: Uint8Array[] = [];
  for (let at = headBytes; at < bytes.length;) {
    const next = checkMsgpack(bytes, at).end;
    parts.push(bytes.subarray(at, next));
    at = next;
  }
  return parts;
}

function refusal(why: string): SkerryError {
  return new SkerryError('SKERRY_CODEC_DECODE_FAILED', `cannot read as MessagePack-RPC: ${why}`);
}
