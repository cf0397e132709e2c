import type { Deadlines, Expiring } from '../clock/deadlines.js';
import type { EndpointMessages } from '../codec/endpoint-messages.js';
import type { Peer } from '../context/peer.js';
import { catalogue } from '../errors/catalogue.js';
import { toWire, type WireError } from '../errors/wire.js';
import { messageTooLarge } from '../rpc/open-stream.js';
import { maxU32 } from '../rpc/protocol.js';
import type { OpenHead, RpcStream, StreamEvents } from '../rpc/stream.js';
import type { Endpoint } from '../server/endpoint.js';
import type { ProtocolHost } from '../server/protocol.js';

/** Called once, maybe within {@link SingleCall.begin}: with what the handler gave, encoded, or with its failure. */
export type SingleOutcome = (payload: Uint8Array | undefined, error?: WireError) => void;

/** One message there and one back, for protocols that put a whole call into a text: the callee's side of it. */
export class SingleCall implements RpcStream, Expiring {
  readonly id = 1;
  readonly writable = true;
  readonly deadline: number;
  list: Expiring['list'];
  earlier: Expiring | undefined;
  later: Expiring | undefined;
  private events: StreamEvents | undefined;
  private over = false;

  constructor(
    private readonly host: ProtocolHost,
    private readonly deadlines: Deadlines,
    private readonly endpoint: Endpoint,
    private readonly head: OpenHead,
    private readonly done: SingleOutcome,
  ) {
    this.deadline = head.timeoutMs === maxU32 ? Infinity : host.clock.now() + head.timeoutMs;
  }

  begin(messages: EndpointMessages, payload: Buffer | undefined, peer: Peer | undefined): void {
    const { host, endpoint, head } = this;
    const events = host.accept({ endpoint, stream: this, head, messages, payload, ended: true, peer });
    if (this.over) return;
    this.events = events;
    if (this.deadline !== Infinity) this.deadlines.add(this, head.timeoutMs);
  }

  /** The caller does not wait any more: nothing is called back. */
  leave(): void {
    if (this.over) return;
    this.finish();
    this.events?.cancel('cancelled');
  }

  send(payload: Uint8Array | undefined): void {
    if (this.over) return;
    const { maxMessageBytes } = this.host;
    const tooLarge = payload && payload.length > maxMessageBytes;
    const error = tooLarge ? messageTooLarge(payload.length, maxMessageBytes, 'the caller') : undefined;
    this.finish();
    if (error) this.done(undefined, toWire(error, this.origin));
    else this.done(payload);
  }

  fail(error: WireError): void {
    if (this.over) return;
    this.finish();
    this.done(undefined, error);
  }

  consumed(): void {
    // There is one message, and it is here.
  }

  cancel(): void {
    // The callee does not cancel.
  }

  expire(): void {
    const { code, status } = { code: 'SKERRY_RPC_DEADLINE_EXCEEDED', ...catalogue.SKERRY_RPC_DEADLINE_EXCEEDED };
    const message = `${this.endpoint.name} did not answer within the ${this.head.timeoutMs} ms that its caller waits`;
    this.fail({ code, status, message, retryable: false, origin: this.origin });
    this.events?.cancel('deadline');
  }

  private get origin(): { service: string; node: string } {
    const { service, node } = this.endpoint;
    return { service, node };
  }

  private finish(): void {
    this.over = true;
    this.deadlines.remove(this);
  }
}
