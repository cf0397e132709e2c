import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../clock/clock.js';
import { parseBaggage, toMetadata } from '../context/propagation.js';
import { parseTraceParent } from '../context/trace-parent.js';
import type { WireError } from '../errors/wire.js';
import { maxMetadataBytes, maxMetadataEntries, maxU32 } from '../rpc/protocol.js';
import type { OpenHead } from '../rpc/stream.js';
import { malformed } from './http-refusal.js';

export interface TimeLimits {
  /** For calls that do not say how long their caller waits. */
  readonly timeoutMs: number;
  readonly maxTimeoutMs: number;
}

/** What headers say of a call. */
export type CallHead = OpenHead & { readonly traceId: string };

const metadataPrefix = 'x-meta-';
const lastEventId = 'last-event-id';

/**
 * Reads the headers that say of a call what the native protocol says in OPEN: `x-timeout-ms`, `traceparent`, `tracestate`,
 * `baggage`, `idempotency-key`, and metadata as `x-meta-*`. What is malformed in those of W3C is ignored, as they ask for.
 *
 * @param endless Without a limit of its own the call has none: it is a stream.
 */
export function callHead(
  headers: IncomingHttpHeaders,
  clock: Clock,
  limits: TimeLimits,
  endless: boolean,
): CallHead | { readonly error: WireError } {
  const timeout = headers['x-timeout-ms'];
  let timeoutMs = endless ? maxU32 : limits.timeoutMs;
  if (timeout !== undefined) {
    if (typeof timeout !== 'string' || !/^\d{1,10}$/.test(timeout)) {
      return { error: malformed('x-timeout-ms is no whole number of milliseconds') };
    }
    timeoutMs = Math.min(Number(timeout), limits.maxTimeoutMs);
  }
  const { traceparent } = headers;
  const trace = typeof traceparent === 'string' ? parseTraceParent(traceparent) : undefined;
  const metadata = metadataOf(headers, trace !== undefined);
  if (metadata && 'error' in metadata) return metadata as { error: WireError };
  return {
    timeoutMs,
    ...(trace ?? { traceId: clock.randomHex(16) }),
    ...(metadata ? { metadata: metadata as Readonly<Record<string, string>> } : {}),
  };
}

function metadataOf(
  headers: IncomingHttpHeaders,
  traced: boolean,
): Readonly<Record<string, string>> | { readonly error: WireError } | undefined {
  let own: Record<string, string> | undefined;
  let bytes = 0;
  let entries = 0;
  for (const name in headers) {
    if (!name.startsWith(metadataPrefix) && name !== lastEventId) continue;
    const key = name === lastEventId ? name : name.slice(metadataPrefix.length);
    const value = String(headers[name]);
    bytes += key.length + Buffer.byteLength(value);
    if (++entries > maxMetadataEntries || bytes > maxMetadataBytes) {
      return {
        error: malformed(
          `the x-meta-* headers are more than ${maxMetadataEntries} entries or ${maxMetadataBytes} bytes in all`,
        ),
      };
    }
    own ??= Object.create(null) as Record<string, string>;
    if (key) own[key] = value;
  }
  const { tracestate, baggage, 'idempotency-key': idempotencyKey } = headers;
  if (tracestate === undefined && baggage === undefined && idempotencyKey === undefined) return own;
  return toMetadata(own, {
    ...(traced && typeof tracestate === 'string' ? { traceState: tracestate } : {}),
    ...(typeof baggage === 'string' ? { baggage: parseBaggage(baggage) } : {}),
    ...(typeof idempotencyKey === 'string' && idempotencyKey !== '' ? { idempotencyKey } : {}),
  });
}
