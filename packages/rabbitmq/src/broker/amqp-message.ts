import type { MessageProperties, Options } from 'amqplib';
import type { BrokerMessage, Clock, Failure } from '@skerry/core';

/** What the driver itself writes into a message, beside the publisher's headers. */
export const header = {
  key: ':amqp-key',
  publishedAt: ':amqp-published-at',
  /** Of a message that came back from a queue: the routing key is that queue's name. */
  topic: ':amqp-topic',
  /** Deliveries to this queue before, those not counted that the server counts itself. */
  attempts: ':amqp-attempts',
  failure: ':amqp-failure',
  deadLetterId: ':amqp-dead-letter',
  /** What tells the waiting exchange where to. */
  wait: ':amqp-wait',
  /** Begins the name of a publisher's header that the server would take for its own. */
  escaped: ':amqp-header-',
} as const;

const own = ':amqp-';
const mostHeaders = 64;
const mostHeaderBytes = 16 * 1024;
// What the server takes: some 49 days.
const mostExpireMs = 2 ** 32 - 1;
// What the server writes, and partly reads: others must not be taken for it.
const servers = /^(x-death$|x-(first|last)-death-|x-delivery-count$|cc$|bcc$)/i;

/** A message as it comes: of any publisher, not only of ours. */
export interface Incoming {
  readonly content: Buffer;
  readonly properties: MessageProperties;
  readonly fields: { readonly routingKey: string; readonly redelivered: boolean };
}

/** The properties of a message that is published, with what the driver adds to its headers. */
export function propertiesOf(
  message: BrokerMessage,
  added: Readonly<Record<string, string | number>>,
): Options.Publish {
  const { id, contentType, headers, key, publishedAt, persistent } = message;
  const all: Record<string, string | number> = { ...escaped(headers) };
  if (key !== undefined) all[header.key] = key;
  all[header.publishedAt] = publishedAt;
  return {
    messageId: id,
    contentType,
    persistent,
    mandatory: true,
    timestamp: Math.max(0, Math.floor(publishedAt / 1_000)),
    headers: Object.assign(all, added),
  };
}

/** Under names that the server does not take for its own; most have no other to begin with. */
function escaped(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  if (!Object.keys(headers).some((name) => servers.test(name))) return headers;
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [servers.test(name) ? header.escaped + name : name, value]),
  );
}

/** How long the server keeps it, as it wants to be told. */
export function expiration(expireMs: number): string {
  return String(Math.min(mostExpireMs, Math.max(1, Math.ceil(expireMs))));
}

/** Without a copy: the bytes are the publisher's. */
export function contentOf({ body }: BrokerMessage): Buffer {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}

/** What came, whoever published it and whatever is in it. */
export function messageOf({ content, properties, fields }: Incoming, clock: Clock): BrokerMessage {
  const table = tableOf(properties);
  const { messageId, contentType, deliveryMode, timestamp } = properties as Record<keyof MessageProperties, unknown>;
  const key = table[header.key];
  const at = table[header.publishedAt];
  return {
    id: text(messageId) || clock.randomHex(16),
    topic: text(table[header.topic]) || fields.routingKey,
    body: content,
    contentType: text(contentType) || 'application/octet-stream',
    ...(typeof key === 'string' ? { key } : {}),
    headers: headersIn(table),
    publishedAt: number(at) ?? number((number(timestamp) ?? Number.NaN) * 1_000) ?? clock.wallTime(),
    persistent: deliveryMode === 2,
  };
}

/** Which delivery this is, by our count and the server's. */
export function attemptOf({ properties, fields }: Incoming): number {
  const table = tableOf(properties);
  // On a first delivery it can only be a publisher's.
  const counted = fields.redelivered ? number(table['x-delivery-count']) : 0;
  return 1 + whole(table[header.attempts]) + whole(counted);
}

/** Why it is among the dead letters; what was put there by others has no reason that we know. */
export function failureOf({ properties }: Incoming): Failure {
  const unknown = { code: 'UNKNOWN', message: '', service: '', node: '', attempt: 0, failedAt: 0 };
  const json = tableOf(properties)[header.failure];
  try {
    const given = JSON.parse(text(json) || '{}') as Partial<Record<keyof Failure, unknown>>;
    return {
      code: text(given.code) || unknown.code,
      message: text(given.message),
      service: text(given.service),
      node: text(given.node),
      attempt: number(given.attempt) ?? 0,
      failedAt: number(given.failedAt) ?? 0,
    };
  } catch {
    return unknown;
  }
}

export function tableOf({ headers }: MessageProperties): Readonly<Record<string, unknown>> {
  return (headers ?? {}) as Record<string, unknown>;
}

function headersIn(table: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const kept: [string, string][] = [];
  let bytes = 0;
  for (const [written, value] of Object.entries(table)) {
    const name = written.startsWith(header.escaped) ? written.slice(header.escaped.length) : written;
    if (typeof value !== 'string' || name.startsWith(own) || servers.test(written)) continue;
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value);
    if (kept.length === mostHeaders || bytes > mostHeaderBytes) break;
    kept.push([name.toLowerCase(), value]);
  }
  return Object.fromEntries(kept);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function whole(value: unknown): number {
  return Math.max(0, Math.trunc(number(value) ?? 0));
}
