// The frames of the native protocol: docs/protocol.md is its specification.

export const frameType = {
  hello: 1,
  define: 2,
  open: 3,
  data: 4,
  error: 5,
  cancel: 6,
  credit: 7,
  goAway: 8,
  ping: 9,
  pong: 10,
} as const;

export const endFlag = 1;
const metadataFlag = 4;
export const emptyInData = 2;
const emptyInOpen = 8;
/** What a message costs beyond its bytes. */
export const messageOverhead = 32;
/** The timeout of a call without a deadline, and the highest number of a stream. */
export const maxU32 = 2 ** 32 - 1;

const utf8 = new TextEncoder();
const text = new TextDecoder('utf-8', { fatal: true });

export function encodeJson(value: unknown): Uint8Array {
  return utf8.encode(JSON.stringify(value ?? null));
}

export function decodeJson(bytes: Uint8Array): unknown {
  return JSON.parse(text.decode(bytes));
}

/** A frame: its type, then numbers of 1, 2 or 4 bytes, then whatever follows. */
export function frame(
  type: number,
  fields: readonly [bytes: 1 | 2 | 4, value: number][],
  rest?: Uint8Array,
): Uint8Array {
  const head = fields.reduce((sum, [bytes]) => sum + bytes, 1);
  const whole = new Uint8Array(head + (rest?.length ?? 0));
  const view = new DataView(whole.buffer);
  whole[0] = type;
  let at = 1;
  for (const [bytes, value] of fields) {
    if (bytes === 1) view.setUint8(at, value);
    else if (bytes === 2) view.setUint16(at, value);
    else view.setUint32(at, value);
    at += bytes;
  }
  if (rest) whole.set(rest, at);
  return whole;
}

export function encodeHello(hello: Readonly<Record<string, unknown>>): Uint8Array {
  return frame(frameType.hello, [], encodeJson({ protocol: 1, ...hello }));
}

export function encodeDefine(endpoint: number, name: string): Uint8Array {
  return frame(frameType.define, [[2, endpoint]], utf8.encode(name));
}

export interface OpenFields {
  readonly stream: number;
  readonly endpoint: number;
  readonly timeoutMs: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly payload: Uint8Array | undefined;
  readonly end: boolean;
}

export function encodeOpen({ stream, endpoint, timeoutMs, metadata, payload, end }: OpenFields): Uint8Array {
  const pairs = Object.entries(metadata);
  const flags = (end ? endFlag : 0) | (pairs.length > 0 ? metadataFlag : 0) | (payload ? 0 : emptyInOpen);
  const parts = pairs.length > 0 ? [encodeMetadata(pairs)] : [];
  if (payload) parts.push(payload);
  const fields: [1 | 2 | 4, number][] = [
    [4, stream],
    [2, endpoint],
    [1, flags],
    [4, Math.min(maxU32, Math.max(1, Math.ceil(timeoutMs)))],
  ];
  return frame(frameType.open, fields, joined(parts));
}

export function encodeData(stream: number, payload: Uint8Array | undefined, end: boolean): Uint8Array {
  const flags = (end ? endFlag : 0) | (payload ? 0 : emptyInData);
  return frame(
    frameType.data,
    [
      [4, stream],
      [1, flags],
    ],
    payload,
  );
}

function encodeMetadata(pairs: readonly (readonly [string, string])[]): Uint8Array {
  const parts = [number16(pairs.length)];
  for (const each of pairs.flat()) {
    const bytes = utf8.encode(each);
    parts.push(number16(bytes.length), bytes);
  }
  return joined(parts);
}

function number16(value: number): Uint8Array {
  return new Uint8Array([value >>> 8, value]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
