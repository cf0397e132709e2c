import { SkerryError } from '../errors/skerry-error.js';
import type { SkerryCode } from '../errors/catalogue.js';
import { decodeError } from './control-json.js';
import { encodeDefine, encodeOpen } from './frames.js';
import { messageTooLarge, OpenStream, type StreamGround } from './open-stream.js';
import { errorFlag, frameType, maxEndpoints, maxNameBytes } from './protocol.js';
import type { OpenHead, RpcStream, StreamEvents } from './stream.js';
import type { Streams } from './streams.js';

export interface CallerOptions {
  readonly streams: Streams;
  readonly ground: StreamGround;
  /** Streams that the peer allows at once. */
  readonly maxStreams: number;
  /** The highest number of a stream. */
  readonly lastStream: number;
  /** Takes no more streams from now on: the connection has used up something that it cannot renew. */
  retire(why: string): void;
}

/** What only the connecting side of a connection does: it opens streams. */
export class Caller {
  private readonly endpoints = new Map<string, number>();

  constructor(private readonly options: CallerOptions) {}

  /** Never throws: what keeps the call from being sent is told by `lost`, in a later microtask. */
  open(name: string, head: OpenHead, payload: Uint8Array | undefined, end: boolean, events: StreamEvents): RpcStream {
    const { streams, ground, maxStreams, lastStream } = this.options;
    if (streams.leaving) return this.refuse(name, events, 'SKERRY_RPC_DRAINING', 'the connection takes no more calls');
    if (streams.size >= maxStreams) {
      return this.refuse(name, events, 'SKERRY_RPC_OVERLOADED', `${streams.size} calls are open, as many as it allows`);
    }
    if (payload !== undefined && payload.length > ground.maxMessageBytes) {
      return unsent(events, messageTooLarge(payload.length, ground.maxMessageBytes, ground.peer));
    }
    const known = this.endpoints.get(name);
    if (known === undefined && Buffer.byteLength(name) > maxNameBytes) {
      return this.refuse(name, events, 'SKERRY_RPC_UNKNOWN_ENDPOINT', `no name is longer than ${maxNameBytes} bytes`);
    }
    if (known === undefined && this.endpoints.size >= maxEndpoints) {
      const why = `${maxEndpoints} endpoints were called on this connection, as many as it can name`;
      this.options.retire(why);
      return this.refuse(name, events, 'SKERRY_RPC_DRAINING', why);
    }
    const endpoint = known ?? this.endpoints.size;
    const frame = encodeOpen(streams.last + 1, endpoint, head, payload, end);
    if (SkerryError.is(frame)) return unsent(events, frame);
    if (known === undefined) {
      this.endpoints.set(name, endpoint);
      ground.outbox.send(encodeDefine(endpoint, name));
    }
    const stream = new OpenStream(streams.last + 1, ground);
    stream.opened(payload, end, events);
    streams.add(stream);
    ground.outbox.send(frame);
    if (stream.id >= lastStream) this.options.retire(`${stream.id} calls were made on this connection`);
    return stream;
  }

  /** The frames that only a caller receives. A string is what is wrong. */
  received(bytes: Buffer): string | undefined {
    if (bytes[0] !== frameType.error) return `it sent a frame of type ${bytes[0]}, which is none for a caller`;
    if (bytes.length < 6 || bytes[5]! > errorFlag.notStarted) return 'its ERROR is malformed';
    const id = bytes.readUInt32BE(1);
    const stream = this.options.streams.get(id);
    if (!stream) return this.options.streams.unknown(id);
    stream.failed(decodeError(bytes), (bytes[5]! & errorFlag.notStarted) === 0);
    return undefined;
  }

  private refuse(name: string, events: StreamEvents, code: SkerryCode, why: string): RpcStream {
    const { ground } = this.options;
    return unsent(events, new SkerryError(code, `cannot call ${name} at ${ground.peer}: ${why}`));
  }
}

/** A call that never left. */
export function unsent(events: StreamEvents, error: SkerryError): RpcStream {
  queueMicrotask(() => events.lost(error, false));
  return neverOpened;
}

const nothing = (): void => undefined;
const neverOpened: RpcStream = Object.freeze({
  id: 0,
  writable: false,
  send: nothing,
  fail: nothing,
  cancel: nothing,
  consumed: nothing,
});
