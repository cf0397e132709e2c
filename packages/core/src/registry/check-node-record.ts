import type { JsonSchema } from '../schema/json-schema.js';
import type { EndpointKind, EndpointRecord, NodeRecord } from './node-record.js';
import { sharedEndpoints, shareEndpoints } from './shared-endpoints.js';

const longestNameChars = 200;
const longestIdChars = 300;
const longestVersionChars = 100;
const longestProseChars = 4_000;
// What timers can count: 24.8 days.
const longestTtlMs = 2 ** 31 - 1;
const deepestSchema = 64;
const mostNames = 32;
const kinds: ReadonlySet<unknown> = new Set<EndpointKind>(['unary', 'server-stream', 'client-stream', 'bidirectional']);
// Control characters and halves of surrogate pairs: neither survives every engine.
const unwritable = /[\p{Cc}\p{Cs}]/u;

// A driver that checked what it read from bytes hands it to a registry that trusts no driver: once is enough.
const checked = new WeakSet<object>();

/**
 * The record behind `value`: a frozen copy of the fields that are known, all the way down, sharing nothing with
 * `value`, though its endpoints with other records. A record that came out of here before is returned as it is.
 *
 * Throws a `TypeError` that names the first wrong field, its value and what is allowed.
 */
export function checkNodeRecord(value: unknown): NodeRecord {
  if (typeof value === 'object' && value !== null && checked.has(value)) return value as NodeRecord;
  const raw = object(value, 'the record');
  const { zone, schemaHash, codecs } = raw;
  const record: NodeRecord = {
    service: checkServiceName(raw['service']),
    id: text(raw['id'], 'id', longestIdChars),
    version: text(raw['version'], 'version', longestVersionChars),
    addresses: texts(raw['addresses'], 'addresses'),
    ...(zone === undefined ? {} : { zone: text(zone, 'zone', longestNameChars) }),
    weight: number(raw['weight'], 'weight', 1, 100),
    metadata: texts(raw['metadata'], 'metadata'),
    endpoints: endpoints(raw['endpoints'], schemaHash),
    ...(schemaHash === undefined ? {} : { schemaHash: text(schemaHash, 'schemaHash', longestVersionChars) }),
    ...(codecs === undefined ? {} : { codecs: names(codecs, 'codecs') }),
    ttlMs: number(raw['ttlMs'], 'ttlMs', 1, longestTtlMs),
    epoch: epoch(raw['epoch']),
  };
  checked.add(record);
  return Object.freeze(record);
}

/** The name, when it is 1 to 200 characters without control characters; throws a `TypeError` otherwise. */
export function checkServiceName(name: unknown): string {
  return text(name, 'service', longestNameChars);
}

/** Most of a record by far, and the same in every node of a service. */
function endpoints(value: unknown, schemaHash: unknown): readonly EndpointRecord[] {
  const shared = typeof schemaHash === 'string' ? sharedEndpoints(schemaHash, value) : undefined;
  if (shared) return shared;
  const checked = Object.freeze(array(value, 'endpoints').map(endpoint));
  if (typeof schemaHash === 'string') shareEndpoints(schemaHash, checked);
  return checked;
}

function endpoint(value: unknown, index: number): EndpointRecord {
  const at = `endpoints[${index}]`;
  const raw = object(value, at);
  const { kind, idempotent, readOnly = false, description, request, reply } = raw;
  if (!kinds.has(kind)) wrong(`${at}.kind`, kind, `one of ${[...kinds].join(', ')}`);
  if (typeof idempotent !== 'boolean') wrong(`${at}.idempotent`, idempotent, 'true or false');
  if (typeof readOnly !== 'boolean') wrong(`${at}.readOnly`, readOnly, 'true or false');
  return Object.freeze({
    name: text(raw['name'], `${at}.name`, longestNameChars),
    kind: kind as EndpointKind,
    idempotent,
    readOnly,
    ...(description === undefined ? {} : { description: prose(description, `${at}.description`) }),
    ...(request === undefined ? {} : { request: json(object(request, `${at}.request`), at, 1) as JsonSchema }),
    ...(reply === undefined ? {} : { reply: json(object(reply, `${at}.reply`), at, 1) as JsonSchema }),
  });
}

/** Whether a record can carry it as text for people, who read several lines as well. */
export function isProse(value: unknown): value is string {
  const written = typeof value === 'string' && value.length > 0 && value.length <= longestProseChars;
  return written && !unwritable.test(value.replace(/[\n\t]/g, ' '));
}

function prose(value: unknown, field: string): string {
  const allowed = `1 to ${longestProseChars} characters, line breaks and tabs the only control characters`;
  return isProse(value) ? value : wrong(field, value, allowed);
}

function text(value: unknown, field: string, longest: number): string {
  const fits = typeof value === 'string' && value.length > 0 && value.length <= longest && !unwritable.test(value);
  return fits ? value : wrong(field, value, `1 to ${longest} characters, none of them a control character`);
}

function number(value: unknown, field: string, least: number, most: number): number {
  return typeof value === 'number' && value >= least && value <= most
    ? value
    : wrong(field, value, `a number from ${least} to ${most}`);
}

function names(value: unknown, field: string): readonly string[] {
  const list = array(value, field);
  if (list.length > mostNames) wrong(field, `${list.length} names`, `a list of at most ${mostNames}`);
  return Object.freeze(list.map((each, index) => text(each, `${field}[${index}]`, longestNameChars)));
}

function epoch(value: unknown): number {
  const fits = Number.isSafeInteger(value) && (value as number) >= 0;
  return fits ? (value as number) : wrong('epoch', value, 'a whole number, 0 or more');
}

function array(value: unknown, field: string): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : wrong(field, value, 'a list');
}

function object(value: unknown, field: string): Record<string, unknown> {
  const fits = typeof value === 'object' && value !== null && !Array.isArray(value);
  return fits ? (value as Record<string, unknown>) : wrong(field, value, 'an object');
}

function texts(value: unknown, field: string): Readonly<Record<string, string>> {
  const entries = Object.entries(object(value, field));
  for (const [key, each] of entries) if (typeof each !== 'string') wrong(`${field}.${key}`, each, 'a string');
  // fromEntries defines a key `__proto__`; an assignment would set the prototype.
  return Object.freeze(Object.fromEntries(entries) as Record<string, string>);
}

/** A frozen copy of plain JSON; what JSON leaves out is left out. */
function json(value: unknown, field: string, depth: number): unknown {
  if (depth > deepestSchema) wrong(field, 'a schema', `at most ${deepestSchema} levels deep`);
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) return value;
  if (Array.isArray(value)) return Object.freeze(value.map((each) => json(each, field, depth + 1)));
  const entries = Object.entries(object(value, field)).filter(([, each]) => each !== undefined);
  return Object.freeze(Object.fromEntries(entries.map(([key, each]) => [key, json(each, field, depth + 1)])));
}

function wrong(field: string, value: unknown, allowed: string): never {
  const shown =
    typeof value === 'string'
      ? JSON.stringify(value)
      : typeof value === 'object' && value
        ? 'an object'
        : String(value);
  const short = shown.length > 60 ? `${shown.slice(0, 60)}... (${shown.length} characters)` : shown;
  throw new TypeError(`${field} is ${short}, but must be ${allowed}`);
}
