import { SkerryError } from '../errors/skerry-error.js';
import type { EnvelopeCodec, EnvelopeError, RpcEnvelope, RpcId } from './envelope.js';
import { JsonCodec } from './json-codec.js';

/** The codes that JSON-RPC 2.0 (section 5.1) gives to its own errors. */
export const jsonRpcError = {
  parseError: -32_700,
  invalidRequest: -32_600,
  methodNotFound: -32_601,
  invalidParams: -32_602,
  internalError: -32_603,
} as const;

export type JsonRpcDialect = '1.0' | '2.0';

/** What was no envelope, and how it is to be answered: only its neighbours in a batch may be right. */
export interface JsonRpcFault {
  readonly kind: 'fault';
  /** `null` where it cannot be known. */
  readonly id: RpcId;
  readonly error: EnvelopeError & { readonly code: number };
}

export interface JsonRpcText {
  /** It was an array: so is its answer. */
  readonly batch: boolean;
  /** One, where it is no batch. */
  readonly entries: readonly (RpcEnvelope | JsonRpcFault)[];
}

const json = new JsonCodec();
const mostOfBatch = 1_000;

/**
 * JSON-RPC. Reads both of its versions, and says in {@link RpcEnvelope.dialect} which one it read: 2.0 has a member `jsonrpc`, and
 * `params` by name or by position; 1.0 has positions alone, and is what Go's `net/rpc/jsonrpc` speaks, go-micro's first
 * codec with it.
 *
 * A handler takes one message: an object is `params` itself, whatever else it is the only one of its positions.
 */
export class JsonRpcCodec implements EnvelopeCodec {
  readonly name = 'json-rpc';
  readonly contentType = 'application/json-rpc';
  readonly messages = json;

  /** @param dialect Of what it writes of itself. */
  constructor(private readonly dialect: JsonRpcDialect = '2.0') {}

  encode(envelope: RpcEnvelope): Uint8Array {
    return Buffer.from(this.text(envelope));
  }

  decode(bytes: Uint8Array): RpcEnvelope {
    const read = readEnvelope(json.decode(bytes));
    if (read.kind !== 'fault') return read;
    throw new SkerryError('SKERRY_CODEC_DECODE_FAILED', `cannot read as JSON-RPC: ${read.error.message}`);
  }

  /** As {@link encode}, for several in one array. */
  encodeBatch(envelopes: readonly RpcEnvelope[]): Uint8Array {
    return Buffer.from(`[${envelopes.map((each) => this.text(each)).join(',')}]`);
  }

  /** For servers: never throws, since whatever was sent is to be answered. More than 1,000 in one batch are refused. */
  decodeAny(bytes: Uint8Array): JsonRpcText {
    let value: unknown;
    try {
      value = json.decode(bytes);
    } catch (error) {
      return { batch: false, entries: [fault(null, jsonRpcError.parseError, SkerryError.from(error).message)] };
    }
    if (!Array.isArray(value)) return { batch: false, entries: [readEnvelope(value)] };
    const { length } = value;
    if (length > 0 && length <= mostOfBatch) return { batch: true, entries: value.map(readEnvelope) };
    const why = length === 0 ? 'the batch is empty' : `the batch has ${length} requests; ${mostOfBatch} are allowed`;
    return { batch: false, entries: [fault(null, jsonRpcError.invalidRequest, why)] };
  }

  private text(envelope: RpcEnvelope): string {
    const { dialect = this.dialect } = envelope;
    const second = dialect === '2.0';
    const members = second ? ['"jsonrpc":"2.0"'] : [];
    const add = (name: string, value: string): number => members.push(`"${name}":${value}`);
    switch (envelope.kind) {
      case 'request':
      case 'notification':
        add('method', JSON.stringify(envelope.method));
        if (envelope.params) add('params', positioned(textOf(envelope.params), second));
        else if (!second) add('params', '[]');
        if (envelope.kind === 'request') add('id', idText(envelope.id, second));
        else if (!second) add('id', 'null');
        break;
      case 'reply':
        add('result', textOf(envelope.result));
        if (!second) add('error', 'null');
        add('id', JSON.stringify(envelope.id));
        break;
      case 'error':
        if (!second) add('result', 'null');
        add('error', errorText(envelope.error, second));
        add('id', JSON.stringify(envelope.id));
        break;
    }
    return `{${members.join(',')}}`;
  }
}

function textOf(message: Uint8Array): string {
  return Buffer.from(message.buffer, message.byteOffset, message.byteLength).toString();
}

function positioned(message: string, byName: boolean): string {
  return byName && message.startsWith('{') ? message : `[${message}]`;
}

function idText(id: RpcId, second: boolean): string {
  // In 1.0 that would be a notification.
  if (id === null && !second) throw new SkerryError('SKERRY_CODEC_ENCODE_FAILED', 'a JSON-RPC 1.0 request needs an id');
  return JSON.stringify(id);
}

function errorText({ code, message, data }: EnvelopeError, second: boolean): string {
  if (!second && code === undefined && data === undefined) return JSON.stringify(message);
  return textOf(json.encode({ code: code ?? jsonRpcError.internalError, message, data }));
}

function readEnvelope(value: unknown): RpcEnvelope | JsonRpcFault {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return fault(null, jsonRpcError.invalidRequest, 'a request is an object');
  }
  const raw = value as Record<string, unknown>;
  const { jsonrpc, id } = raw;
  const hasId = id !== undefined;
  if (hasId && id !== null && typeof id !== 'string' && typeof id !== 'number') {
    return fault(null, jsonRpcError.invalidRequest, 'the id is neither text, number nor null');
  }
  const known = (id ?? null) as RpcId;
  if (jsonrpc !== undefined && jsonrpc !== '2.0' && jsonrpc !== '1.0') {
    return fault(known, jsonRpcError.invalidRequest, "jsonrpc is neither '2.0' nor '1.0'");
  }
  const dialect: JsonRpcDialect = jsonrpc === '2.0' ? '2.0' : '1.0';
  if (Object.hasOwn(raw, 'method')) return readCall(raw, dialect, known, dialect === '2.0' ? hasId : known !== null);
  const { error, result } = raw;
  if (error !== undefined && error !== null) return { kind: 'error', id: known, error: readError(error), dialect };
  if (result === undefined)
    return fault(known, jsonRpcError.invalidRequest, 'there is no method, no result and no error');
  return { kind: 'reply', id: known, result: json.encode(result), dialect };
}

function readCall(
  { method, params }: Record<string, unknown>,
  dialect: JsonRpcDialect,
  id: RpcId,
  answered: boolean,
): RpcEnvelope | JsonRpcFault {
  if (typeof method !== 'string' || method === '') {
    return fault(id, jsonRpcError.invalidRequest, 'the method is no text');
  }
  const message = onlyParam(params);
  if ('why' in message) {
    const code = message.malformed ? jsonRpcError.invalidRequest : jsonRpcError.invalidParams;
    return fault(id, code, message.why);
  }
  const { value } = message;
  const call = { method, dialect, ...(value === undefined ? {} : { params: json.encode(value) }) };
  return answered ? { kind: 'request', id, ...call } : { kind: 'notification', ...call };
}

function onlyParam(params: unknown): { value: unknown } | { why: string; malformed: boolean } {
  if (params === undefined || params === null) return { value: undefined };
  if (typeof params !== 'object') return { why: 'params are neither an object nor an array', malformed: true };
  if (!Array.isArray(params)) return { value: params };
  if (params.length > 1)
    return { why: `a method takes one message, and params has ${params.length}`, malformed: false };
  return { value: params[0] as unknown };
}

function readError(error: unknown): EnvelopeError {
  if (typeof error !== 'object' || error === null) return { message: String(error) };
  const { code, message, data } = error as Record<string, unknown>;
  return {
    ...(typeof code === 'number' ? { code } : {}),
    message: typeof message === 'string' ? message : JSON.stringify(error),
    ...(data === undefined ? {} : { data }),
  };
}

function fault(id: RpcId, code: number, message: string): JsonRpcFault {
  return { kind: 'fault', id, error: { code, message } };
}
