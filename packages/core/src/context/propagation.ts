import { SkerryError } from '../errors/skerry-error.js';

/** What travels with a call besides its deadline, its trace and what the caller wrote into its metadata. */
export interface Carried {
  /** W3C Trace Context, `tracestate`: for the tools of others; passed on as it came. */
  readonly traceState?: string | undefined;
  /** W3C Baggage: passed on to every call that the work causes, unlike metadata. */
  readonly baggage?: Readonly<Record<string, string>> | undefined;
  /** The caller's name for this piece of work: the same for every time that it is sent. */
  readonly idempotencyKey?: string | undefined;
  /** Which attempt of its caller this is, from 1. */
  readonly attempt?: number | undefined;
}

/** Keys that Skerry itself uses begin with what no key of an application can. */
export const reserved = {
  traceState: ':tracestate',
  baggage: ':baggage',
  idempotencyKey: ':idempotency-key',
  attempt: ':attempt',
};
const validKey = /^[a-z0-9][a-z0-9._-]{0,127}$/;

// W3C Baggage asks for at least this much to be passed on; more could be used to fill up every call of a trace.
const mostBaggageBytes = 8192;

/** Joins what a caller wrote with what Skerry carries, into one set of metadata; `undefined` when there is neither. */
export function toMetadata(
  own: Readonly<Record<string, string>> | undefined,
  carried: Carried,
): Readonly<Record<string, string>> | undefined {
  const { traceState, baggage, idempotencyKey, attempt = 1 } = carried;
  const bags = baggage && Object.keys(baggage).length > 0 ? baggage : undefined;
  // Most calls carry nothing, and then nothing is made.
  if (!traceState && !bags && idempotencyKey === undefined && attempt === 1) return own;
  const all: Record<string, string> = { ...own };
  if (traceState) all[reserved.traceState] = traceState;
  if (bags) all[reserved.baggage] = formatBaggage(bags);
  if (idempotencyKey !== undefined) all[reserved.idempotencyKey] = idempotencyKey;
  if (attempt > 1) all[reserved.attempt] = String(attempt);
  return all;
}

/** Takes apart what {@link toMetadata} joined. Peers are not trusted: what is malformed is left out. */
export function fromMetadata(metadata: Readonly<Record<string, string>>): {
  metadata: Readonly<Record<string, string>>;
  carried: Carried;
} {
  const keys = Object.keys(metadata);
  if (!keys.some((key) => key.startsWith(':'))) return { metadata, carried: {} };
  const own = Object.fromEntries(Object.entries(metadata).filter(([key]) => !key.startsWith(':')));
  const {
    [reserved.traceState]: traceState,
    [reserved.baggage]: baggage,
    [reserved.idempotencyKey]: idempotencyKey,
  } = metadata;
  const attempt = Number(metadata[reserved.attempt] ?? 1);
  return {
    metadata: own,
    carried: {
      ...(traceState ? { traceState } : {}),
      ...(baggage ? { baggage: parseBaggage(baggage) } : {}),
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      ...(Number.isInteger(attempt) && attempt > 1 && attempt < 1_000 ? { attempt } : {}),
    },
  };
}

/** Throws `SKERRY_OPTION_INVALID` for metadata that would not arrive as it was written. */
export function checkMetadata(metadata: Readonly<Record<string, string>>, what: string): void {
  for (const [key, value] of Object.entries(metadata)) {
    if (!validKey.test(key)) {
      throw invalid(
        `${what}: '${key}' cannot be a key of metadata; use lower-case letters, digits, '.', '_' and '-', at most 128`,
      );
    }
    if (typeof value !== 'string') throw invalid(`${what}: the metadata '${key}' is ${typeof value}; write a string`);
  }
}

/** As W3C Baggage writes it: `user=ada,plan=gold%20plus`. Throws `SKERRY_OPTION_INVALID` beyond 8 KiB. */
export function formatBaggage(baggage: Readonly<Record<string, string>>): string {
  const text = Object.entries(baggage)
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
    .join(',');
  if (text.length <= mostBaggageBytes) return text;
  throw invalid(`the baggage is ${text.length} bytes, and at most ${mostBaggageBytes} travel`);
}

/** The properties that may follow a value after `;` are dropped, as are members that are malformed. */
export function parseBaggage(text: string): Readonly<Record<string, string>> {
  const members: [string, string][] = [];
  for (const member of text.slice(0, mostBaggageBytes).split(',')) {
    const [pair = ''] = member.split(';');
    const at = pair.indexOf('=');
    const [key, value] = [decoded(pair.slice(0, at)), decoded(pair.slice(at + 1))];
    if (at > 0 && key && value !== undefined) members.push([key, value]);
  }
  return Object.fromEntries(members);
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.trim());
  } catch {
    return undefined;
  }
}

function invalid(message: string): SkerryError {
  return new SkerryError('SKERRY_OPTION_INVALID', `Cannot make the call: ${message}.`);
}
