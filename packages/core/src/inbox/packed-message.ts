import type { BrokerMessage, Failure } from '../broker/driver.js';
import { SkerryError } from '../errors/skerry-error.js';

/**
 * A message as JSON carries it: to its nodes, and into the store. Headers are pairs, because an object would lose those whose names
 * are objects' own.
 */
export interface PackedMessage extends Omit<BrokerMessage, 'body' | 'headers' | 'delayMs'> {
  /** Base64. */
  readonly body: string;
  readonly headers: readonly (readonly [string, string])[];
}

export function pack({ body, headers, delayMs: _delayMs, ...rest }: BrokerMessage): PackedMessage {
  const { buffer, byteOffset, byteLength } = body;
  return {
    ...rest,
    body: Buffer.from(buffer, byteOffset, byteLength).toString('base64'),
    headers: Object.entries(headers),
  };
}

/** Throws `SKERRY_CODEC_DECODE_FAILED` for what no publisher has packed: it comes from strangers. */
export function unpack(packed: unknown): BrokerMessage {
  const { id, topic, body, contentType, key, headers, publishedAt, persistent, expireMs } = record(packed);
  const texts = [id, topic, body, contentType, key ?? ''];
  if (!texts.every((each) => typeof each === 'string')) throw malformed('a field is no text');
  if (!(Array.isArray(headers) && headers.every(isPair))) throw malformed('its headers are no pairs');
  return Object.freeze({
    id: id as string,
    topic: topic as string,
    body: new Uint8Array(Buffer.from(body as string, 'base64')),
    contentType: contentType as string,
    ...(key === undefined ? {} : { key: key as string }),
    // Defines a name `__proto__`; an assignment would set the prototype.
    headers: Object.freeze(Object.fromEntries(headers as [string, string][])),
    publishedAt: Number(publishedAt),
    ...(typeof expireMs === 'number' ? { expireMs } : {}),
    persistent: persistent === true,
  });
}

/** Throws as {@link unpack}. */
export function readFailure(value: unknown): Failure {
  const { code, message, service, node, attempt, failedAt } = record(value);
  return {
    code: String(code),
    message: String(message),
    service: String(service),
    node: String(node),
    attempt: Number(attempt),
    failedAt: Number(failedAt),
  };
}

export function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw malformed('it is no object');
}

function isPair(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && value.every((each) => typeof each === 'string');
}

function malformed(why: string): SkerryError {
  return new SkerryError('SKERRY_CODEC_DECODE_FAILED', `cannot read a message of the inbox: ${why}`);
}
