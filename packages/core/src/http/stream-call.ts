import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import { constants, createGzip, type Gzip } from 'node:zlib';
import type { Timer } from '../clock/clock.js';
import type { Expiring } from '../clock/deadlines.js';
import type { EndpointMessages } from '../codec/endpoint-messages.js';
import type { Peer } from '../context/peer.js';
import { toWire, type WireError } from '../errors/wire.js';
import { messageTooLarge } from '../rpc/open-stream.js';
import { maxU32 } from '../rpc/protocol.js';
import type { RpcStream, StreamEvents } from '../rpc/stream.js';
import type { Endpoint } from '../server/endpoint.js';
import type { CallHead } from './call-head.js';
import { httpRefusal } from './http-refusal.js';
import { problemBody, problemOf } from './problem.js';
import { comment, type StreamFormat } from './stream-format.js';
import type { CallGround } from './unary-call.js';

/** How long a handler may take to its first message before the client is told that it is at work: its failure has a status until then. */
const headDelayMs = 100;

export interface StreamLook {
  readonly format: StreamFormat;
  readonly gzip: boolean;
  /** When a silent stream gets a comment, where its format has some. */
  readonly keepAliveMs: number;
}

/** A call that is answered with many messages: each a line, or an event, at the pace of whoever reads them. */
export class StreamCall implements RpcStream, Expiring {
  readonly id = 1;
  readonly deadline: number;
  list: Expiring['list'];
  earlier: Expiring | undefined;
  later: Expiring | undefined;
  private events: StreamEvents | undefined;
  private output: Writable | undefined;
  private gzip: Gzip | undefined;
  private flushing = false;
  private timer: Timer | undefined;
  private sent = 0;
  private over = false;

  constructor(
    private readonly ground: CallGround,
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly endpoint: Endpoint,
    private readonly head: CallHead,
    private readonly look: StreamLook,
  ) {
    this.deadline = head.timeoutMs === maxU32 ? Infinity : ground.host.clock.now() + head.timeoutMs;
  }

  begin(messages: EndpointMessages, payload: Buffer | undefined, peer: Peer): void {
    const { endpoint, head, ground } = this;
    const events = ground.host.accept({ endpoint, stream: this, head, messages, payload, ended: true, peer });
    if (this.over) return;
    this.events = events;
    this.response.on('close', this.closed);
    if (this.deadline !== Infinity) ground.deadlines.add(this, head.timeoutMs);
    if (!this.output) this.timer = ground.host.clock.setTimer(headDelayMs, () => this.open(), true);
  }

  get writable(): boolean {
    return !this.over && !(this.output?.writableNeedDrain ?? false);
  }

  send(payload: Uint8Array | undefined, end: boolean): void {
    if (this.over) return;
    const { maxMessageBytes } = this.ground.host;
    if (payload && payload.length > maxMessageBytes) {
      const error = messageTooLarge(payload.length, maxMessageBytes, 'the client');
      const { service, node } = this.endpoint;
      this.fail(toWire(error, { service, node }));
      queueMicrotask(() => this.events?.lost(error, true));
      return;
    }
    const output = this.open();
    if (payload) this.write(this.look.format.message(payload, ++this.sent));
    if (!end) return;
    this.finish();
    output.end();
  }

  fail(error: WireError): void {
    if (this.over) return;
    const { output, head } = this;
    if (!output) {
      this.finish();
      this.ground.replies.fail(this.request, this.response, error, head.traceId);
      return;
    }
    this.write(this.look.format.failure(problemBody(problemOf(error, undefined, head.traceId))));
    this.finish();
    output.end();
  }

  consumed(): void {
    // There is one message, and it is here.
  }

  cancel(): void {
    // The callee does not cancel.
  }

  expire(): void {
    const { service, node, name } = this.endpoint;
    const why = `${name} did not end within the ${this.head.timeoutMs} ms that its caller waits`;
    this.fail({ ...httpRefusal('SKERRY_RPC_DEADLINE_EXCEEDED', why), origin: { service, node } });
    this.events?.cancel('deadline');
  }

  /** Sends the head of the response, once. */
  private open(): Writable {
    if (this.output) return this.output;
    const { response, look, head } = this;
    const headers = [
      'content-type',
      look.format.contentType,
      'cache-control',
      'no-cache',
      'x-request-id',
      head.traceId,
    ];
    // What a proxy gathers before it passes it on comes too late.
    headers.push('x-accel-buffering', 'no', 'vary', 'accept-encoding');
    if (look.gzip) headers.push('content-encoding', 'gzip');
    response.writeHead(200, headers).flushHeaders();
    if (look.gzip) {
      this.gzip = createGzip();
      this.gzip.pipe(response);
    }
    this.output = this.gzip ?? response;
    this.output.on('drain', () => this.events?.writable());
    this.keepAlive();
    return this.output;
  }

  private write(text: Buffer): void {
    this.output!.write(text);
    this.keepAlive();
    if (!this.gzip || this.flushing) return;
    // What was written in one turn is compressed together, and then leaves.
    this.flushing = true;
    this.ground.host.clock.nextTurn(() => {
      this.flushing = false;
      if (!this.gzip!.writableEnded) this.gzip!.flush(constants.Z_SYNC_FLUSH);
    });
  }

  private keepAlive(): void {
    const { format, keepAliveMs } = this.look;
    this.timer?.cancel();
    this.timer = format.comments
      ? this.ground.host.clock.setTimer(keepAliveMs, () => this.write(comment), true)
      : undefined;
  }

  private readonly closed = (): void => {
    this.gzip?.destroy();
    if (this.over) return;
    this.finish();
    this.events?.cancel('cancelled');
  };

  private finish(): void {
    this.over = true;
    this.timer?.cancel();
    this.ground.deadlines.remove(this);
  }
}
