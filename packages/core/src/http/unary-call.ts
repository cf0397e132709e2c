import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Deadlines, Expiring } from '../clock/deadlines.js';
import type { EndpointMessages } from '../codec/endpoint-messages.js';
import type { Peer } from '../context/peer.js';
import { toWire, type WireError } from '../errors/wire.js';
import { messageTooLarge } from '../rpc/open-stream.js';
import { maxU32 } from '../rpc/protocol.js';
import type { RpcStream, StreamEvents } from '../rpc/stream.js';
import type { Endpoint } from '../server/endpoint.js';
import type { ProtocolHost } from '../server/protocol.js';
import type { CallHead } from './call-head.js';
import { httpRefusal } from './http-refusal.js';
import type { HttpReplies } from './http-replies.js';

/** What a call needs of the server around it. */
export interface CallGround {
  readonly host: ProtocolHost;
  readonly deadlines: Deadlines;
  readonly replies: HttpReplies;
}

/** A call that is answered with one message: the callee's side of it, written as a response. */
export class UnaryCall implements RpcStream, Expiring {
  readonly id = 1;
  readonly writable = true;
  readonly deadline: number;
  list: Expiring['list'];
  earlier: Expiring | undefined;
  later: Expiring | undefined;
  private events: StreamEvents | undefined;
  private over = false;
  /** Where the client sends many messages. */
  upload: { consumed(bytes: number): void; stop(): void } | undefined;

  constructor(
    private readonly ground: CallGround,
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly endpoint: Endpoint,
    private readonly head: CallHead,
    private readonly contentType: string,
  ) {
    this.deadline = head.timeoutMs === maxU32 ? Infinity : ground.host.clock.now() + head.timeoutMs;
  }

  /** Gives the call to its handler. */
  begin(messages: EndpointMessages, payload: Buffer | undefined, ended: boolean, peer: Peer): StreamEvents {
    const { endpoint, head, ground } = this;
    const events = ground.host.accept({ endpoint, stream: this, head, messages, payload, ended, peer });
    this.events = events;
    if (this.over) return events;
    this.response.on('close', this.closed);
    if (this.deadline !== Infinity) ground.deadlines.add(this, head.timeoutMs);
    return events;
  }

  send(payload: Uint8Array | undefined, end: boolean): void {
    if (this.over || !end) return;
    const { maxMessageBytes } = this.ground.host;
    if (payload && payload.length > maxMessageBytes) {
      const error = messageTooLarge(payload.length, maxMessageBytes, 'the client');
      const { service, node } = this.endpoint;
      this.finish();
      this.ground.replies.fail(this.request, this.response, toWire(error, { service, node }), this.head.traceId, 500);
      queueMicrotask(() => this.events?.lost(error, true));
      return;
    }
    this.finish();
    this.ground.replies.send(this.request, this.response, this.contentType, payload, this.head.traceId);
  }

  fail(error: WireError): void {
    if (this.over) return;
    this.finish();
    this.ground.replies.fail(this.request, this.response, error, this.head.traceId);
  }

  consumed(bytes: number): void {
    this.upload?.consumed(bytes);
  }

  cancel(): void {
    // The callee does not cancel.
  }

  /** The client broke off, or sent what is no message. */
  break(error: WireError): void {
    this.fail(error);
    this.events?.cancel('cancelled');
  }

  expire(): void {
    const { timeoutMs } = this.head;
    const { service, node, name } = this.endpoint;
    this.fail({
      ...httpRefusal(
        'SKERRY_RPC_DEADLINE_EXCEEDED',
        `${name} did not answer within the ${timeoutMs} ms that its caller waits`,
      ),
      origin: { service, node },
    });
    this.events?.cancel('deadline');
  }

  private readonly closed = (): void => {
    if (this.over) return;
    this.finish();
    this.events?.cancel('cancelled');
  };

  private finish(): void {
    this.over = true;
    this.upload?.stop();
    this.ground.deadlines.remove(this);
  }
}
