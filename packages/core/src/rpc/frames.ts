import { isUtf8 } from 'node:buffer';
import type { SkerryError } from '../errors/skerry-error.js';
import { dataFlag, frameType, maxNameBytes, maxU32, openFlag } from './protocol.js';
import { decodeMetadata, metadataBytes, writeMetadata, type MetadataPairs } from './metadata.js';
import type { CancelReason, OpenHead } from './stream.js';

const openHeadBytes = 12;
const traceBytes = 25;
const dataHeadBytes = 6;

// Where frames are taken apart, a string is what is wrong with them: nothing is thrown for a stranger's input.

/** The frame, or why it cannot be sent. */
export function encodeOpen(
  stream: number,
  endpoint: number,
  head: OpenHead,
  payload: Uint8Array | undefined,
  end: boolean,
): Buffer | SkerryError {
  const { traceId, spanId, metadata } = head;
  const traced = traceId?.length === 32 && spanId?.length === 16;
  const pairsBytes = metadata === undefined ? 0 : metadataBytes(metadata);
  if (typeof pairsBytes !== 'number') return pairsBytes;
  let at = openHeadBytes + (traced ? traceBytes : 0);
  const frame = Buffer.allocUnsafe(at + pairsBytes + (payload?.length ?? 0));
  frame[0] = frameType.open;
  writeU32(frame, 1, stream);
  frame[5] = endpoint >>> 8;
  frame[6] = endpoint;
  frame[7] =
    (end ? openFlag.end : 0) |
    (traced ? openFlag.trace : 0) |
    (metadata ? openFlag.metadata : 0) |
    (payload ? 0 : openFlag.empty);
  writeU32(frame, 8, milliseconds(head.timeoutMs));
  if (traced) writeTrace(frame, openHeadBytes, traceId, spanId, head.traceFlags ?? 0);
  if (metadata) at = writeMetadata(frame, at, metadata);
  if (payload) frame.set(payload, at);
  return frame;
}

export interface OpenFrame {
  readonly stream: number;
  readonly endpoint: number;
  readonly end: boolean;
  readonly head: OpenHead;
  readonly payload: Buffer | undefined;
}

export function decodeOpen(bytes: Buffer): OpenFrame | string {
  if (bytes.length < openHeadBytes) return 'its OPEN is cut short';
  const flags = bytes[7]!;
  if (flags > 15) return `its OPEN has unknown flags: ${flags}`;
  let at = openHeadBytes;
  let trace: string | undefined;
  if (flags & openFlag.trace) {
    at += traceBytes;
    if (bytes.length < at) return 'its OPEN is cut short in the trace';
    trace = bytes.toString('hex', openHeadBytes, at);
  }
  let metadata: MetadataPairs | undefined;
  if (flags & openFlag.metadata) {
    const decoded = decodeMetadata(bytes, at);
    if (typeof decoded === 'string') return decoded;
    metadata = decoded.pairs;
    at = decoded.end;
  }
  const empty = (flags & openFlag.empty) !== 0;
  if (empty && bytes.length > at) return 'its OPEN carries a message and says that it carries none';
  const timeoutMs = bytes.readUInt32BE(8);
  return {
    stream: bytes.readUInt32BE(1),
    endpoint: bytes.readUInt16BE(5),
    end: (flags & openFlag.end) !== 0,
    head:
      trace === undefined
        ? { timeoutMs, metadata }
        : {
            timeoutMs,
            traceId: trace.slice(0, 32),
            spanId: trace.slice(32, 48),
            traceFlags: bytes[openHeadBytes + traceBytes - 1]!,
            metadata,
          },
    payload: empty ? undefined : bytes.subarray(at),
  };
}

export function encodeData(stream: number, payload: Uint8Array | undefined, end: boolean): Buffer {
  const frame = Buffer.allocUnsafe(dataHeadBytes + (payload?.length ?? 0));
  frame[0] = frameType.data;
  writeU32(frame, 1, stream);
  frame[5] = (end ? dataFlag.end : 0) | (payload ? 0 : dataFlag.empty);
  if (payload) frame.set(payload, dataHeadBytes);
  return frame;
}

/** What is wrong with a DATA frame. Its fields are read where it lies: this is the hot path. */
export function dataProblem(bytes: Buffer): string | undefined {
  if (bytes.length < dataHeadBytes) return 'its DATA is cut short';
  const flags = bytes[5]!;
  if (flags > 3) return `its DATA has unknown flags: ${flags}`;
  if (!(flags & dataFlag.empty)) return undefined;
  if (bytes.length > dataHeadBytes) return 'its DATA carries a message and says that it carries none';
  return flags & dataFlag.end ? undefined : 'its DATA says nothing';
}

/** The message of a DATA frame without {@link dataProblem}. */
export function dataPayload(bytes: Buffer): Buffer | undefined {
  return bytes[5]! & dataFlag.empty ? undefined : bytes.subarray(dataHeadBytes);
}

export function encodeDefine(endpoint: number, name: string): Buffer {
  const frame = Buffer.allocUnsafe(3 + Buffer.byteLength(name));
  frame[0] = frameType.define;
  frame.writeUInt16BE(endpoint, 1);
  frame.write(name, 3);
  return frame;
}

export function decodeDefine(bytes: Buffer): { endpoint: number; name: string } | string {
  if (bytes.length < 4 || bytes.length > 3 + maxNameBytes)
    return `its DEFINE has no name of 1 to ${maxNameBytes} bytes`;
  const name = bytes.subarray(3);
  if (!isUtf8(name)) return 'its DEFINE has a name that is no UTF-8';
  return { endpoint: bytes.readUInt16BE(1), name: name.toString() };
}

const cancelReasons: readonly CancelReason[] = ['cancelled', 'deadline'];

export function encodeCancel(stream: number, reason: CancelReason): Buffer {
  const frame = Buffer.allocUnsafe(6);
  frame[0] = frameType.cancel;
  frame.writeUInt32BE(stream, 1);
  frame[5] = cancelReasons.indexOf(reason);
  return frame;
}

export function decodeCancel(bytes: Buffer): CancelReason | undefined {
  return bytes.length === 6 ? cancelReasons[bytes[5]!] : undefined;
}

export function encodeCredit(stream: number, bytes: number): Buffer {
  const frame = Buffer.allocUnsafe(9);
  frame[0] = frameType.credit;
  frame.writeUInt32BE(stream, 1);
  frame.writeUInt32BE(bytes, 5);
  return frame;
}

export function encodePing(type: typeof frameType.ping | typeof frameType.pong, nonce: number): Buffer {
  const frame = Buffer.allocUnsafe(5);
  frame[0] = type;
  frame.writeUInt32BE(nonce, 1);
  return frame;
}

function milliseconds(timeoutMs: number): number {
  // Anything that is no number is no time left.
  return timeoutMs > 0 ? Math.min(Math.ceil(timeoutMs), maxU32) : 0;
}

/** Big-endian. On the hot path, where Buffer's own method, which checks its arguments first, shows. */
function writeU32(frame: Buffer, at: number, value: number): void {
  frame[at] = value >>> 24;
  frame[at + 1] = value >>> 16;
  frame[at + 2] = value >>> 8;
  frame[at + 3] = value;
}

function writeTrace(frame: Buffer, at: number, traceId: string, spanId: string, flags: number): void {
  writeHex(frame, at, traceId);
  writeHex(frame, at + 16, spanId);
  frame[at + traceBytes - 1] = flags;
}

/** The value of each hexadecimal digit by its character code; 0 for what is none. */
const digits = Uint8Array.from({ length: 128 }, (_, code) => Number.parseInt(String.fromCharCode(code), 16) || 0);

/** Writes every byte, whatever the text: what is not written is somebody's memory. A fifth of what Buffer.write costs. */
function writeHex(frame: Buffer, at: number, hex: string): void {
  for (let i = 0; i < hex.length; i += 2) {
    frame[at++] = (digits[hex.charCodeAt(i)]! << 4) | digits[hex.charCodeAt(i + 1)]!;
  }
}
