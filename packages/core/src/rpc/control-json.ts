import { isUtf8 } from 'node:buffer';
import { JsonCodec } from '../codec/json-codec.js';
import type { WireError } from '../errors/wire.js';
import { errorFlag, frameType, maxCredit, maxJsonBytes, maxU32, protocolVersion } from './protocol.js';

/** How a side introduces itself, in the first frame that it sends. */
export interface Hello {
  /** Absent where the peer is no service. */
  readonly service?: string;
  readonly node?: string;
  /** The name of the codec that its messages are in. Whether that fits is for the layer above. */
  readonly codec: string;
  /** All codecs that this side understands. Default: {@link codec} alone. */
  readonly codecs?: readonly string[];
  readonly windowBytes: number;
  readonly maxStreams: number;
  readonly maxMessageBytes: number;
}

/** Why a side takes no more streams. */
export interface LeaveReason {
  readonly code: string;
  readonly message: string;
}

const json = new JsonCodec();
const longestText = 256;
const mostCodecs = 32;
/** Of an error that does not fit in its frame, this much of its message is sent. */
const shortMessage = 8 * 1024;

export function encodeHello(hello: Hello): Buffer {
  return encode(frameType.hello, 1, { protocol: protocolVersion, ...hello });
}

/** The peer's introduction, or what is wrong with it. Unknown fields are left for later versions. */
export function decodeHello(bytes: Buffer): Hello | string {
  if (bytes[0] !== frameType.hello) return `its first frame must be HELLO, not of type ${bytes[0]}`;
  const raw = decode(bytes, 1);
  if (typeof raw === 'string') return `its HELLO ${raw}`;
  const { protocol, service, node, codec, codecs, windowBytes, maxStreams, maxMessageBytes } = raw;
  if (protocol !== protocolVersion) {
    return `it speaks protocol ${JSON.stringify(protocol)}, this side speaks ${protocolVersion}`;
  }
  if (!isText(codec) || codec === '') return 'its HELLO names no codec';
  if (codecs !== undefined && !(Array.isArray(codecs) && codecs.length <= mostCodecs && codecs.every(isText))) {
    return `its HELLO has codecs that are no list of up to ${mostCodecs} names`;
  }
  if ((service !== undefined && !isText(service)) || (node !== undefined && !isText(node))) {
    return `its HELLO has a service or node that is no text of up to ${longestText} characters`;
  }
  if (!isCount(windowBytes, maxCredit)) return `its HELLO must have windowBytes from 1 to ${maxCredit}`;
  if (!isCount(maxStreams, maxU32)) return `its HELLO must have maxStreams from 1 to ${maxU32}`;
  if (!isCount(maxMessageBytes, maxU32)) return `its HELLO must have maxMessageBytes from 1 to ${maxU32}`;
  return {
    ...(service === undefined ? {} : { service }),
    ...(node === undefined ? {} : { node }),
    ...(codecs === undefined ? {} : { codecs: codecs as string[] }),
    ...{ codec, windowBytes, maxStreams, maxMessageBytes },
  };
}

/** @param last The highest stream that was or may still be begun. */
export function encodeGoAway(last: number, reason: LeaveReason): Buffer {
  const { code, message } = reason;
  const frame = encode(frameType.goAway, 5, { code, message: message.slice(0, shortMessage) });
  frame.writeUInt32BE(last, 1);
  return frame;
}

export function decodeGoAway(bytes: Buffer): { last: number; reason: LeaveReason } | string {
  if (bytes.length < 5) return 'its GOAWAY is cut short';
  const raw = decode(bytes, 5);
  if (typeof raw === 'string') return `its GOAWAY ${raw}`;
  const { code, message } = raw;
  if (!isText(code) || typeof message !== 'string') return 'its GOAWAY has no code or no message';
  return { last: bytes.readUInt32BE(1), reason: { code, message } };
}

/** An error that a peer could not read, because it is too long, too deep or no JSON, is sent without its details. */
export function encodeError(stream: number, error: WireError, started: boolean): Buffer {
  let frame: Buffer;
  try {
    frame = encode(frameType.error, 6, error);
    if (typeof decode(frame, 6) === 'string') frame = encodeShort(error);
  } catch {
    frame = encodeShort(error);
  }
  frame.writeUInt32BE(stream, 1);
  frame[5] = started ? 0 : errorFlag.notStarted;
  return frame;
}

/** What the error frame carries; `undefined` when it is unreadable, which harms only its own stream. */
export function decodeError(bytes: Buffer): unknown {
  const raw = decode(bytes, 6);
  return typeof raw === 'string' ? undefined : raw;
}

function encodeShort(error: WireError): Buffer {
  const { code, status, message, retryable } = error;
  const kept = `${message.slice(0, shortMessage)} (details left out: they do not fit in an error frame)`;
  return encode(frameType.error, 6, { code: code.slice(0, longestText), status, message: kept, retryable });
}

function encode(type: number, headBytes: number, value: unknown): Buffer {
  const body = json.encode(value);
  const frame = Buffer.allocUnsafe(headBytes + body.length);
  frame[0] = type;
  frame.set(body, headBytes);
  return frame;
}

function decode(bytes: Buffer, from: number): Record<string, unknown> | string {
  if (bytes.length - from > maxJsonBytes) return `is longer than ${maxJsonBytes} bytes`;
  const body = bytes.subarray(from);
  if (!isUtf8(body)) return 'is no UTF-8';
  try {
    const value = json.decode(body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    return 'is no JSON object';
  } catch {
    return 'is no JSON';
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= longestText;
}

function isCount(value: unknown, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most;
}
