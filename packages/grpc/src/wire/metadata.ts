import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2';
import { formatTraceParent, parseTraceParent, type OpenHead } from '@skerry/core';
import { formatTimeout, noTimeoutMs, parseTimeout } from './timeout.js';

/** As the native protocol has it. */
export const mostMetadataEntries = 64;
export const mostMetadataBytes = 16 * 1024;

const validKey = /^[a-z0-9][a-z0-9._-]{0,127}$/;
const validValue = /^[\x20-\x7e]*$/;

/** Of HTTP/2, of gRPC and of Skerry: what is no metadata. */
const notMetadata = new Set([
  ...['content-type', 'te', 'user-agent', 'accept-encoding', 'content-length', 'host', 'connection', 'date'],
  ...['traceparent', 'tracestate', 'baggage', 'idempotency-key', 'skerry-caller', 'skerry-attempt'],
]);

/** The headers by which what a context carries travels, and its keys in a head: see `toMetadata` in core. */
const carried: readonly (readonly [header: string, key: string])[] = [
  ['tracestate', ':tracestate'],
  ['baggage', ':baggage'],
  ['idempotency-key', ':idempotency-key'],
  ['skerry-attempt', ':attempt'],
];
const carriedKeys = new Set(carried.map(([, key]) => key));

function isReserved(key: string): boolean {
  return key.startsWith(':') || key.startsWith('grpc-') || notMetadata.has(key);
}

/** What came with a call, or what is wrong with it. Metadata of `-bin` keys stays base64. */
export function headOf(headers: IncomingHttpHeaders): OpenHead | string {
  const timeout = headers['grpc-timeout'] as string | undefined;
  const timeoutMs = timeout === undefined ? noTimeoutMs : parseTimeout(timeout);
  if (timeoutMs === undefined) return `its grpc-timeout is ${JSON.stringify(timeout!.slice(0, 40))}`;
  const metadata = metadataOf(headers);
  if (typeof metadata === 'string') return metadata;
  const parent = headers['traceparent'];
  const trace = typeof parent === 'string' ? parseTraceParent(parent) : undefined;
  return { timeoutMs, ...trace, ...(metadata ? { metadata } : {}) };
}

function metadataOf(headers: IncomingHttpHeaders): Record<string, string> | string | undefined {
  let metadata: Record<string, string> | undefined;
  let entries = 0;
  let bytes = 0;
  for (const key in headers) {
    if (isReserved(key) || !validKey.test(key)) continue;
    const raw = headers[key];
    if (raw === undefined) continue;
    const value = typeof raw === 'string' ? raw : raw.join(', ');
    entries += 1;
    bytes += key.length + value.length;
    // Without a prototype, so that a key like __proto__ is a key.
    metadata ??= Object.create(null) as Record<string, string>;
    metadata[key] = value;
  }
  for (const [header, key] of carried) {
    const value = headers[header];
    if (typeof value !== 'string') continue;
    bytes += value.length;
    metadata ??= Object.create(null) as Record<string, string>;
    metadata[key] = value;
  }
  if (entries > mostMetadataEntries) {
    return `its metadata has ${entries} entries, at most ${mostMetadataEntries} are allowed`;
  }
  if (bytes > mostMetadataBytes) return `its metadata is larger than ${mostMetadataBytes} bytes`;
  return metadata;
}

/** Adds a head to the headers of a call. Gives what is wrong with it, where it cannot be sent. */
export function addHead(headers: OutgoingHttpHeaders, head: OpenHead): string | undefined {
  if (head.timeoutMs < noTimeoutMs) headers['grpc-timeout'] = formatTimeout(head.timeoutMs);
  if (head.traceId && head.spanId) {
    const { traceId, spanId, traceFlags = 0 } = head;
    headers['traceparent'] = formatTraceParent({ traceId, spanId, traceFlags });
  }
  const { metadata } = head;
  if (!metadata) return undefined;
  for (const [header, key] of carried) if (metadata[key] !== undefined) headers[header] = metadata[key];
  return addMetadata(headers, metadata);
}

/** Keys that are reserved are left out. Gives what is wrong, where something cannot be sent. */
export function addMetadata(
  headers: OutgoingHttpHeaders,
  metadata: Readonly<Record<string, string>>,
): string | undefined {
  let entries = 0;
  let bytes = 0;
  for (const key in metadata) {
    if (carriedKeys.has(key) || isReserved(key)) continue;
    const value = metadata[key]!;
    entries += 1;
    bytes += key.length + value.length;
    if (!validKey.test(key)) return `the metadata '${key}' is no name of a header`;
    if (!validValue.test(value)) {
      return `the metadata '${key}' is not printable ASCII: send it in base64, with a key that ends in -bin`;
    }
    headers[key] = value;
  }
  if (entries > mostMetadataEntries || bytes > mostMetadataBytes) {
    return `its metadata has ${entries} entries and ${bytes} bytes: the limits are ${mostMetadataEntries} entries and ${mostMetadataBytes} bytes`;
  }
  return undefined;
}
