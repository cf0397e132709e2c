import { catalogue, type SkerryCode } from '../errors/catalogue.js';
import type { WireError } from '../errors/wire.js';
import { encodeError } from './control-json.js';
import { decodeCancel, decodeDefine, decodeOpen } from './frames.js';
import { OpenStream, type StreamGround } from './open-stream.js';
import { frameType, maxEndpoints } from './protocol.js';
import type { Resolution, RpcAcceptor } from './stream.js';
import type { Streams } from './streams.js';

export interface CalleeOptions<E> {
  readonly streams: Streams;
  readonly ground: StreamGround;
  readonly acceptor: RpcAcceptor<E>;
  readonly maxStreams: number;
  readonly maxMessageBytes: number;
}

/** What only the accepting side of a connection does: it takes streams. */
export class Callee<E> {
  private readonly endpoints: (Resolution<E> | undefined)[] = [];

  constructor(private readonly options: CalleeOptions<E>) {}

  /** The frames that only a callee receives. A string is what is wrong. */
  received(bytes: Buffer): string | undefined {
    switch (bytes[0]) {
      case frameType.open:
        return this.open(bytes);
      case frameType.cancel:
        return this.cancel(bytes);
      case frameType.define:
        return this.define(bytes);
      default:
        return `it sent a frame of type ${bytes[0]}, which is none for a callee`;
    }
  }

  private define(bytes: Buffer): string | undefined {
    const definition = decodeDefine(bytes);
    if (typeof definition === 'string') return definition;
    const { endpoint, name } = definition;
    if (endpoint >= maxEndpoints)
      return `it defined endpoint ${endpoint}: they are numbered from 0 to ${maxEndpoints - 1}`;
    if (this.endpoints[endpoint]) return `it defined endpoint ${endpoint} twice`;
    this.endpoints[endpoint] = this.options.acceptor.resolve(name);
    return undefined;
  }

  private open(bytes: Buffer): string | undefined {
    const open = decodeOpen(bytes);
    if (typeof open === 'string') return open;
    const { streams, ground, acceptor, maxStreams, maxMessageBytes } = this.options;
    const { stream: id, head, payload, end } = open;
    if (id <= streams.last) return `it opened stream ${id} after stream ${streams.last}`;
    if (payload !== undefined && payload.length > maxMessageBytes) {
      return `it sent a message of ${payload.length} bytes, ${maxMessageBytes} bytes are allowed`;
    }
    const resolution = this.endpoints[open.endpoint];
    if (!resolution) return `it called endpoint ${open.endpoint}, which it did not define`;
    streams.last = id;
    if (streams.leaving) this.refuse(id, this.refusal('SKERRY_RPC_DRAINING', 'it is shutting down'));
    else if ('error' in resolution) this.refuse(id, resolution.error);
    else if (streams.size >= maxStreams) {
      this.refuse(id, this.refusal('SKERRY_RPC_OVERLOADED', `${maxStreams} calls are open on this connection already`));
    } else {
      const stream = new OpenStream(id, ground);
      streams.add(stream);
      stream.received(payload, end);
      stream.acceptedBy(acceptor.accept(stream, resolution.endpoint, head, payload, end));
    }
    return undefined;
  }

  private cancel(bytes: Buffer): string | undefined {
    const reason = decodeCancel(bytes);
    if (reason === undefined) return 'its CANCEL is malformed';
    const id = bytes.readUInt32BE(1);
    const stream = this.options.streams.get(id);
    if (!stream) return this.options.streams.unknown(id);
    stream.cancelled(reason);
    return undefined;
  }

  private refuse(id: number, error: WireError): void {
    this.options.ground.outbox.send(encodeError(id, error, false));
  }

  /** Written out, not thrown: refusing must cost less than what it refuses. */
  private refusal(code: SkerryCode, why: string): WireError {
    const { status, retryable } = catalogue[code];
    const { self } = this.options.ground;
    return { code, status, retryable, message: `${self.service} did not start the call: ${why}`, origin: self };
  }
}
