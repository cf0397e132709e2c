import { CallError, errorOf } from './call-error.js';
import {
  decodeJson,
  emptyInData,
  encodeDefine,
  encodeHello,
  encodeOpen,
  endFlag,
  frame,
  frameType,
  maxU32,
} from './frames.js';
import type { PageClock } from './page-clock.js';
import { PageStream, type StreamEvents, type StreamGround } from './page-stream.js';

/** What is used of a WebSocket: a browser's own fits, and so does that of Node 22 or of the package ws. */
export interface PageSocket {
  binaryType: string;
  onmessage: ((event: { data: unknown }) => void) | null;
  onopen: (() => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: (() => void) | null;
  send(data: Uint8Array): void;
  close(code?: number, reason?: string): void;
}

export type PageSocketClass = new (url: string, protocols: string[]) => PageSocket;

export const subprotocol = 'skerry.1';
/** What a server may send on one stream beyond what was consumed. */
const windowBytes = 256 * 1024;
const maxMessageBytes = 4 * 1024 * 1024;
/** How long a server may be silent while calls are open until it is asked for a sign of life; and then how long it has. */
const silenceMs = 5_000;
/** To connect and to introduce oneself. */
const greetingMs = 10_000;

export interface ConnectionEvents {
  ready(): void;
  /** Once, and last. */
  closed(why: string): void;
}

/** The native protocol over one WebSocket, from the side that calls. */
export class PageConnection implements StreamGround {
  readonly windowBytes = windowBytes;
  /** New calls belong on another connection. */
  leaving = false;
  private ready = false;
  private over = false;
  private readonly streams = new Map<number, PageStream>();
  private readonly endpoints = new Map<string, number>();
  private last = 0;
  private peer = { windowBytes: 0, maxStreams: 0, maxMessageBytes: 0 };
  private heard = true;
  private asked = false;
  private timer: { cancel(): void } | undefined;

  constructor(
    private readonly socket: PageSocket,
    private readonly clock: PageClock,
    private readonly events: ConnectionEvents,
  ) {
    socket.binaryType = 'arraybuffer';
    this.timer = clock.setTimer(greetingMs, () => this.end(`it did not answer within ${greetingMs} ms`));
    socket.onopen = () => this.send(encodeHello({ codec: 'json', windowBytes, maxStreams: 1, maxMessageBytes }));
    socket.onmessage = ({ data }) => this.arrived(data);
    socket.onerror = () => undefined;
    socket.onclose = ({ code, reason }) =>
      this.end(reason || (code === 1006 ? 'the connection broke' : `it closed with ${code}`));
  }

  get usable(): boolean {
    return this.ready && !this.leaving && !this.over;
  }

  /** Throws what keeps the call from being sent: nothing was begun then. */
  open(
    name: string,
    call: {
      timeoutMs: number;
      metadata: Readonly<Record<string, string>>;
      payload: Uint8Array | undefined;
      end: boolean;
    },
    events: StreamEvents,
  ): PageStream {
    const { peer, streams } = this;
    if (streams.size >= peer.maxStreams) {
      const options = { status: 'RESOURCE_EXHAUSTED', retryable: true };
      throw new CallError(
        'SKERRY_RPC_OVERLOADED',
        `${streams.size} calls are open, as many as the server allows`,
        options,
      );
    }
    const most = Math.min(maxMessageBytes, peer.maxMessageBytes);
    if (call.payload && call.payload.length > most) {
      const details = { bytes: call.payload.length, limit: most };
      const why = `a message of ${call.payload.length} bytes is too large: at most ${most} are allowed; send it in parts, as a stream`;
      throw new CallError('SKERRY_TRANSPORT_FRAME_TOO_LARGE', why, { status: 'RESOURCE_EXHAUSTED', details });
    }
    let endpoint = this.endpoints.get(name);
    if (endpoint === undefined) {
      endpoint = this.endpoints.size;
      this.endpoints.set(name, endpoint);
      this.send(encodeDefine(endpoint, name));
    }
    const stream = new PageStream(++this.last, this, events, peer.windowBytes);
    // Both are numbers that cannot be had anew.
    if (this.last >= maxU32 || this.endpoints.size >= 4096) this.leaving = true;
    stream.opened(call.payload, call.end);
    streams.set(stream.id, stream);
    if (streams.size === 1) this.watch();
    this.send(encodeOpen({ stream: stream.id, endpoint, ...call }));
    return stream;
  }

  send(bytes: Uint8Array): void {
    if (!this.over) this.socket.send(bytes);
  }

  release(stream: PageStream): void {
    this.streams.delete(stream.id);
    if (this.streams.size > 0) return;
    this.timer?.cancel();
    if (this.leaving) this.end('the server leaves');
  }

  /** What is open is lost. Harmless twice. */
  end(why: string): void {
    if (this.over) return;
    this.over = true;
    this.timer?.cancel();
    this.socket.onmessage = this.socket.onclose = null;
    this.socket.close(1000);
    this.lose(0, 'SKERRY_RPC_CONNECTION_LOST', `the connection was lost: ${why}`, true);
    this.events.closed(why);
  }

  private arrived(data: unknown): void {
    this.heard = true;
    try {
      this.take(new Uint8Array(data as ArrayBuffer));
    } catch (error) {
      // It does not speak the protocol: a frame that is cut short, or no frame at all.
      this.end(`the server broke the protocol: ${(error as Error).message}`);
    }
  }

  /** Throws for what is no proper frame. */
  private take(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer);
    const type = view.getUint8(0);
    if (!this.ready) {
      this.introduced(type, bytes);
    } else if (type === frameType.ping) {
      this.send(frame(frameType.pong, [[4, view.getUint32(1)]]));
    } else if (type === frameType.goAway) {
      this.goneAway(view.getUint32(1), decodeJson(bytes.subarray(5)));
    } else if (type !== frameType.pong) {
      const stream = this.streams.get(view.getUint32(1));
      // On a stream that is over every frame is ignored: it was on its way.
      if (stream) this.toStream(stream, type, view, bytes);
    }
  }

  private toStream(stream: PageStream, type: number, view: DataView, bytes: Uint8Array): void {
    if (type === frameType.data) {
      const flags = view.getUint8(5);
      const last = (flags & endFlag) !== 0;
      if (last) stream.finish();
      if (!(flags & emptyInData)) stream.events.message(bytes.subarray(6), last);
      if (last) stream.events.end();
    } else if (type === frameType.credit) {
      stream.granted(view.getUint32(5));
    } else if (type === frameType.error) {
      const started = view.getUint8(5) === 0;
      stream.finish();
      stream.events.failed(errorOf(decodeJson(bytes.subarray(6))), started);
    } else {
      throw new Error(`there is no frame of type ${type}`);
    }
  }

  private introduced(type: number, bytes: Uint8Array): void {
    if (type !== frameType.hello) throw new Error('it did not introduce itself');
    this.peer = decodeJson(bytes.subarray(1)) as typeof this.peer;
    this.timer?.cancel();
    this.ready = true;
    this.events.ready();
  }

  private goneAway(last: number, reason: unknown): void {
    const { code, message } = reason as { code: string; message: string };
    this.leaving = true;
    this.lose(last, 'SKERRY_RPC_DRAINING', `the server did not start the call: ${message}`, false);
    if (code === 'SKERRY_RPC_PROTOCOL' || this.streams.size === 0) this.end(message);
  }

  /** Streams above `last` are over. */
  private lose(last: number, code: string, message: string, started: boolean): void {
    for (const stream of [...this.streams.values()]) {
      if (stream.id <= last) continue;
      stream.over = true;
      this.streams.delete(stream.id);
      stream.events.failed(new CallError(code, message, { status: 'UNAVAILABLE', retryable: true }), started);
    }
  }

  /** While calls are open. Counted in ticks: a page that stood still has not listened, and hears first what came meanwhile. */
  private watch(): void {
    this.heard = true;
    const tick = (): void => {
      if (!this.heard && this.asked) {
        this.end(`nothing came for ${2 * silenceMs} ms, not even an answer to a ping`);
        return;
      }
      this.asked = !this.heard;
      if (this.asked) this.send(frame(frameType.ping, [[4, 0]]));
      this.heard = false;
      this.timer = this.clock.setTimer(silenceMs, tick);
    };
    this.timer = this.clock.setTimer(silenceMs, tick);
  }
}
