import type { EndpointMessages } from '../codec/endpoint-messages.js';
import type { Context } from '../context/context.js';
import { areRetriesSpent } from '../context/retries-spent.js';
import { SkerryError } from '../errors/skerry-error.js';
import { toWire, type WireError } from '../errors/wire.js';
import { MessageQueue } from '../rpc/message-queue.js';
import type { CancelReason, RpcStream, StreamEvents } from '../rpc/stream.js';
import { sendsMany, takesMany } from '../service/definition.js';
import { Admission, type Applicant } from './admission.js';
import type { CallObserver } from './call-observer.js';
import type { Endpoint } from './endpoint.js';
import type { Limiter } from './limiter.js';
import { expired, overloaded } from './refusals.js';
import type { ServerEvents } from './server-events.js';

/** What all calls of one server share. */
export interface CallHost {
  readonly events: ServerEvents;
  readonly observer?: CallObserver | undefined;
  /** Called once, when the call is over and its stream is closed. */
  readonly finished: (call: ServerCall) => void;
}

/** One call on the side that serves it, from its request until its handler is done. */
export class ServerCall implements StreamEvents, Applicant {
  private iterator?: AsyncIterator<unknown>;
  private wake?: () => void;
  /** Where its handler or its service is limited. */
  private admission?: Admission;
  /** What came before the call was admitted, as it came. */
  private held?: { readonly payloads: Buffer[]; ended: boolean };
  /** For error mappers: what the handler was given. */
  private request: unknown;
  /** What the caller sends, where it sends many. */
  private incoming?: MessageQueue;
  /** Nobody waits for a reply any more. The handler may still be at work. */
  private abandoned = false;
  private over = false;
  private readonly observed: ReturnType<CallObserver> | undefined;

  constructor(
    private readonly host: CallHost,
    readonly endpoint: Endpoint,
    private readonly messages: EndpointMessages,
    private readonly stream: RpcStream,
    readonly context: Context,
  ) {
    const { service, handler } = endpoint;
    this.observed = host.observer?.({ service, handler: handler.name, kind: handler.kind, context });
  }

  /** Whether nothing was begun: the call waits for its turn, and may still be made elsewhere. */
  get waits(): boolean {
    return this.held !== undefined;
  }

  /**
   * Runs the handler, as soon as limits let it. Never throws.
   *
   * @param ended The caller sends no more than this.
   */
  start(payload: Buffer | undefined, ended: boolean): void {
    const { limiters } = this.endpoint;
    if (limiters.length === 0) {
      this.begin(payload, ended);
      return;
    }
    this.held = { payloads: payload ? [payload] : [], ended };
    this.admission = new Admission(limiters, this);
    this.admission.seek();
    // Whoever waits is not to be forgotten; the others need no timer.
    if (this.waits && !this.over) this.context.onCancel((reason) => this.fail(reason));
  }

  // What the limits say.

  admitted(): void {
    const { payloads, ended } = this.held!;
    this.held = undefined;
    if (this.over) return;
    if (this.context.remainingMs === 0) {
      this.refuse(expired(this.endpoint));
      return;
    }
    const [first, ...others] = payloads;
    this.begin(first, ended && others.length === 0);
    for (const payload of others) this.message(payload);
    if (ended && others.length > 0) this.end();
  }

  refused(by: Limiter): void {
    this.refuse(overloaded(this.endpoint, by));
  }

  /** Ends the call without having begun it. */
  refuse(error: WireError): void {
    this.finish(() => this.stream.fail(error, false), error.code);
  }

  private begin(payload: Buffer | undefined, ended: boolean): void {
    try {
      this.request = takesMany(this.endpoint.handler.kind)
        ? this.receiveMany(payload, ended)
        : this.receiveOne(payload);
      const result = this.context.runWith(this.endpoint.run, this.request, this.context);
      if (result instanceof Promise) result.then(this.answer, this.fail);
      else this.answer(result);
    } catch (error) {
      this.fail(error);
    }
  }

  private receiveOne(payload: Buffer | undefined): unknown {
    if (payload === undefined) return undefined;
    this.stream.consumed(payload.length);
    return this.messages.request.decode(payload);
  }

  private receiveMany(payload: Buffer | undefined, ended: boolean): MessageQueue {
    const events = { consumed: (bytes: number) => this.stream.consumed(bytes), left: () => undefined };
    this.incoming = new MessageQueue(events);
    if (payload) this.message(payload);
    if (ended) this.end();
    return this.incoming;
  }

  /** Gives the call up from this side, whatever its handler does: the caller gets `reason`. */
  abort(reason: SkerryError): void {
    this.context.cancel(reason);
    this.fail(reason);
  }

  // What the stream says.

  message(payload: Buffer): void {
    const { incoming, held } = this;
    if (held && takesMany(this.endpoint.handler.kind)) {
      held.payloads.push(payload);
      return;
    }
    if (!incoming) {
      this.abort(
        new SkerryError('SKERRY_RPC_PROTOCOL', `${this.endpoint.name} takes one message, and the caller sent more`, {
          status: 'INVALID_ARGUMENT',
        }),
      );
      return;
    }
    try {
      incoming.put(this.messages.request.decode(payload), payload.length);
    } catch (error) {
      incoming.end(SkerryError.from(error));
    }
  }

  end(): void {
    if (this.held) this.held.ended = true;
    else this.incoming?.end();
  }

  error(): void {
    // Callers send no errors; they cancel.
  }

  cancel(reason: CancelReason): void {
    const { name } = this.endpoint;
    this.abandon(
      reason === 'deadline'
        ? new SkerryError('SKERRY_RPC_DEADLINE_EXCEEDED', `the caller's deadline for ${name} is over`)
        : new SkerryError('SKERRY_RPC_CANCELLED', `the caller of ${name} gave up`),
    );
  }

  lost(cause: SkerryError): void {
    this.abandon(new SkerryError('SKERRY_RPC_CANCELLED', `the caller of ${this.endpoint.name} is gone`, { cause }));
  }

  writable(): void {
    this.wake?.();
  }

  // What the handler says.

  private readonly answer = (result: unknown): void => {
    const streams = sendsMany(this.endpoint.handler.kind);
    try {
      if (streams !== isAsyncIterable(result)) throw new TypeError(wrongResult(this.endpoint.name, streams));
      if (isAsyncIterable(result)) {
        this.iterator = result[Symbol.asyncIterator]();
        void this.pump(this.iterator);
        return;
      }
      const payload = this.abandoned ? undefined : this.messages.reply.encode(result);
      this.finish(() => this.stream.send(payload, true));
    } catch (error) {
      this.fail(error);
    }
  };

  private readonly fail = (thrown: unknown): void => {
    if (this.over) return;
    const { service, node, handler } = this.endpoint;
    const { traceId } = this.context;
    const error = this.mapped(thrown);
    // A handler that ends because its caller has gone is not worth a line; one that breaks while somebody waits is.
    const unmeant = !SkerryError.is(error) || error.code === 'SKERRY_CODEC_ENCODE_FAILED';
    if (unmeant && !this.abandoned) {
      this.host.events({ type: 'handler-failed', service, handler: handler.name, node, traceId, error });
    }
    const wire = toWire(error, { service, node }, traceId);
    const spent = wire.retryable && areRetriesSpent(error);
    this.finish(() => this.stream.fail(spent ? { ...wire, retryable: false } : wire, !this.waits), wire.code);
  };

  private mapped(thrown: unknown): unknown {
    const { mapError } = this.endpoint;
    if (!mapError || this.abandoned || this.waits) return thrown;
    try {
      return this.context.run(() => mapError(thrown, this.request, this.context));
    } catch (error) {
      // Neither is to be lost: what the mapper did, and what it was asked about.
      return new AggregateError([error, thrown], 'an error mapper failed', { cause: thrown });
    }
  }

  private async pump(iterator: AsyncIterator<unknown>): Promise<void> {
    const { context, stream } = this;
    let done = false;
    try {
      while (!this.abandoned && !this.over) {
        if (!stream.writable) await new Promise<void>((resolve) => (this.wake = resolve));
        if (this.abandoned || this.over) break;
        const item = await context.run(() => iterator.next());
        done = item.done === true;
        if (done || this.abandoned || this.over) break;
        stream.send(this.messages.reply.encode(item.value), false);
      }
      // Left before its end: what the generator has in `finally` must run, and may fail.
      if (!done) await context.run(() => iterator.return?.());
      this.finish(() => stream.send(undefined, true));
    } catch (error) {
      this.fail(error);
      if (!done) await context.run(() => iterator.return?.())?.catch(() => undefined);
    }
  }

  private abandon(reason: SkerryError): void {
    this.abandoned = true;
    this.context.cancel(reason);
    this.incoming?.abandon(reason);
    this.wake?.();
    if (this.waits) this.fail(reason);
  }

  /** @param reply Ends the stream, which also tells the connection that the call no longer counts as open. */
  private finish(reply: () => void, failedBy?: string): void {
    if (this.over) return;
    this.over = true;
    this.observed?.(this.abandoned ? this.context.cancelled?.code : failedBy);
    this.wake?.();
    this.context.finish();
    this.incoming?.abandon();
    reply();
    this.admission?.leave();
    this.host.finished(this);
  }
}

function wrongResult(name: string, streams: boolean): string {
  return streams
    ? `${name} is declared to stream and returned no async iterable`
    : `${name} returned an async iterable: declare it with @Handler({ kind: 'server-stream' })`;
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
