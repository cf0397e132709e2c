import protobuf from 'protobufjs/minimal.js';
import type { FieldError, WireError } from '@skerry/core';
import { codeOf } from './status.js';

const { Reader, Writer } = protobuf;
type Writer = InstanceType<typeof Writer>;
type Reader = InstanceType<typeof Reader>;

const typeUrl = (name: string): string => `type.googleapis.com/google.rpc.${name}`;
/** What is written about one error, in all. Callers refuse trailers of more than 8 KiB. */
const mostBytes = 4 * 1024;
const mostFields = 20;

/** What the standard details of an error say, of whoever sent them. */
export interface RpcDetails {
  readonly reason?: string;
  readonly domain?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly fields?: readonly FieldError[];
  /** In ms. */
  readonly retryAfterMs?: number;
}

/**
 * An error as `google.rpc.Status`: `ErrorInfo` with its code and its details as text, `BadRequest` with wrong fields, and
 * `RetryInfo` where it may be tried again. Details that are too large are left out.
 */
export function encodeRpcStatus(error: WireError): Buffer {
  const whole = statusOf(error, error.details ?? {});
  return whole.length <= mostBytes ? whole : statusOf(error, {});
}

function statusOf(error: WireError, details: Readonly<Record<string, unknown>>): Buffer {
  const { code, status, message, retryable } = error;
  const writer = Writer.create().uint32(8).int32(codeOf(status)).uint32(18).string(message.slice(0, 1_000));
  any(writer, 'ErrorInfo', errorInfo(code, error, details));
  const fields = fieldErrors(details['fields']);
  if (fields.length > 0) any(writer, 'BadRequest', badRequest(fields));
  // No time is known; that it may be tried again is.
  if (retryable) any(writer, 'RetryInfo', Writer.create().uint32(10).fork().ldelim());
  return writer.finish() as Buffer;
}

function any(writer: Writer, name: string, value: Writer): void {
  writer.uint32(26).fork().uint32(10).string(typeUrl(name)).uint32(18).bytes(value.finish()).ldelim();
}

function errorInfo(code: string, { origin, traceId }: WireError, details: Readonly<Record<string, unknown>>): Writer {
  const writer = Writer.create()
    .uint32(10)
    .string(code)
    .uint32(18)
    .string(origin?.service ?? 'skerry');
  const entry = (key: string, value: string): void => {
    writer.uint32(26).fork().uint32(10).string(key).uint32(18).string(value).ldelim();
  };
  if (origin) entry('node', origin.node);
  if (traceId) entry('traceId', traceId);
  for (const [key, value] of Object.entries(details)) {
    if (key === 'fields' && fieldErrors(value).length > 0) continue;
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (text !== undefined) entry(key, text);
  }
  return writer;
}

function badRequest(fields: readonly FieldError[]): Writer {
  const writer = Writer.create();
  for (const { path, messages } of fields.slice(0, mostFields)) {
    for (const message of messages) {
      writer.uint32(10).fork().uint32(10).string(path).uint32(18).string(message).ldelim();
    }
  }
  return writer;
}

function fieldErrors(value: unknown): readonly FieldError[] {
  if (!Array.isArray(value)) return [];
  return value.filter(
    (each: Partial<FieldError> | null) => typeof each?.path === 'string' && Array.isArray(each.messages),
  ) as FieldError[];
}

/** Reads `google.rpc.Status` of strangers. `undefined` for what is none. */
export function decodeRpcStatus(bytes: Uint8Array): RpcDetails | undefined {
  try {
    let details: RpcDetails = {};
    each(Reader.create(bytes), (field, reader) => {
      if (field !== 3) return false;
      details = { ...details, ...detailOf(reader.bytes()) };
      return true;
    });
    return details;
  } catch {
    return undefined;
  }
}

function detailOf(bytes: Uint8Array): RpcDetails {
  let url = '';
  let value: Uint8Array = new Uint8Array();
  each(Reader.create(bytes), (field, reader) => {
    if (field === 1) url = reader.string();
    else if (field === 2) value = reader.bytes();
    else return false;
    return true;
  });
  switch (url.slice(url.lastIndexOf('/') + 1)) {
    case 'google.rpc.ErrorInfo':
      return readErrorInfo(value);
    case 'google.rpc.BadRequest':
      return { fields: readBadRequest(value) };
    case 'google.rpc.RetryInfo':
      return { retryAfterMs: readRetryInfo(value) };
    default:
      return {};
  }
}

function readErrorInfo(bytes: Uint8Array): RpcDetails {
  let reason = '';
  let domain = '';
  const metadata: [string, string][] = [];
  each(Reader.create(bytes), (field, reader) => {
    if (field === 1) reason = reader.string();
    else if (field === 2) domain = reader.string();
    else if (field === 3) metadata.push(pair(reader.bytes()));
    else return false;
    return true;
  });
  return { ...(reason ? { reason } : {}), ...(domain ? { domain } : {}), metadata: Object.fromEntries(metadata) };
}

function readBadRequest(bytes: Uint8Array): readonly FieldError[] {
  const fields = new Map<string, string[]>();
  each(Reader.create(bytes), (field, reader) => {
    if (field !== 1) return false;
    const [path, message] = pair(reader.bytes());
    const messages = fields.get(path);
    if (messages) messages.push(message);
    else fields.set(path, [message]);
    return true;
  });
  return [...fields].map(([path, messages]) => ({ path, messages }));
}

function readRetryInfo(bytes: Uint8Array): number {
  let ms = 0;
  each(Reader.create(bytes), (field, reader) => {
    if (field !== 1) return false;
    each(Reader.create(reader.bytes()), (part, duration) => {
      if (part === 1) ms += Number(duration.int64()) * 1_000;
      else if (part === 2) ms += duration.int32() / 1e6;
      else return false;
      return true;
    });
    return true;
  });
  return ms;
}

/** Two strings, fields 1 and 2. */
function pair(bytes: Uint8Array): [string, string] {
  const found: [string, string] = ['', ''];
  each(Reader.create(bytes), (field, reader) => {
    if (field !== 1 && field !== 2) return false;
    found[field - 1] = reader.string();
    return true;
  });
  return found;
}

/** @param read Reads the field's value, or says `false` to have it skipped. */
function each(reader: Reader, read: (field: number, reader: Reader) => boolean): void {
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (!read(tag >>> 3, reader)) reader.skipType(tag & 7);
  }
}
