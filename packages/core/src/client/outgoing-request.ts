import type { MessageCodec } from '../codec/codec.js';
import type { Context } from '../context/context.js';
import { checkMetadata, formatBaggage, toMetadata } from '../context/propagation.js';
import { SkerryError } from '../errors/skerry-error.js';
import type { RpcStream, StreamEvents } from '../rpc/stream.js';
import type { Caller } from './caller.js';
import { noOptions, type CallOptions } from './client.js';
import type { PeerConnection } from './protocol.js';
import { Upload } from './upload.js';

// What the protocol says for a call without a deadline.
const noTimeoutMs = 2 ** 32 - 1;

/** What a call sends: made ready once, however often and to however many nodes it is sent. */
export class OutgoingRequest {
  /** The messages, where there are many. */
  upload?: Upload;
  private payload?: Uint8Array;
  /** Of {@link payload}. */
  private codec?: MessageCodec;
  private readonly baggage: Readonly<Record<string, string>> | undefined;

  /**
   * Throws `SKERRY_OPTION_INVALID` for options that are not allowed.
   *
   * @param context The work that makes the call.
   */
  constructor(
    private readonly message: unknown,
    private readonly caller: Pick<Caller, 'name' | 'clock'>,
    private readonly options: CallOptions,
    private readonly context: Context | undefined,
    private readonly traceId: string,
  ) {
    this.baggage = context?.baggage;
    if (options !== noOptions) this.baggage = this.checked(options);
  }

  /**
   * Sends many messages. Throws when this is not what gives them.
   *
   * @param failed What makes the messages threw, or gave what cannot be encoded.
   */
  prepareUpload(failed: (cause: unknown) => void): void {
    if (this.upload) return;
    const encode = (each: unknown): Uint8Array => this.codec!.encode(each);
    this.upload = new Upload(messagesOf(this.message, this.caller.name), { encode, failed });
  }

  /**
   * Throws what keeps the message from being encoded.
   *
   * @param codec   Of its messages.
   * @param leftMs  How long the caller will still wait; infinite for no deadline.
   * @param attempt From 1.
   */
  send(
    connection: PeerConnection,
    codec: MessageCodec,
    leftMs: number,
    attempt: number,
    events: StreamEvents,
  ): RpcStream {
    const { baggage, upload, context, traceId } = this;
    const payload = upload || this.message === undefined ? undefined : this.encoded(codec, connection.local === true);
    if (upload) this.switchTo(codec, upload);
    const { name, clock } = this.caller;
    const { idempotencyKey, metadata } = this.options;
    const head = {
      timeoutMs: Math.max(1, Math.ceil(Math.min(leftMs, noTimeoutMs))),
      traceId,
      spanId: context ? context.spanId : clock.randomHex(8),
      traceFlags: context?.traceFlags,
      metadata: toMetadata(metadata, { traceState: context?.traceState, baggage, idempotencyKey, attempt }),
    };
    const stream = connection.open(name, head, payload, upload === undefined, events);
    upload?.to(stream);
    return stream;
  }

  /** Once for all attempts; but each message that stays in the process is a copy of its own. */
  private encoded(codec: MessageCodec, local: boolean): Uint8Array {
    if (local) return codec.encode(this.message);
    if (this.payload && this.codec === codec) return this.payload;
    this.codec = codec;
    return (this.payload = codec.encode(this.message));
  }

  /** What was sent is kept as bytes, which a node that speaks otherwise could not read. */
  private switchTo(codec: MessageCodec, upload: Upload): void {
    if (this.codec && this.codec !== codec) upload.reencode((bytes) => codec.encode(this.codec!.decode(bytes)));
    this.codec = codec;
  }

  private checked(options: CallOptions): Readonly<Record<string, string>> | undefined {
    const { context } = this;
    const { name } = this.caller;
    for (const time of ['timeoutMs', 'idleTimeoutMs', 'hedgeAfterMs'] as const) checkTime(time, options[time], name);
    const { retries, metadata, baggage, idempotencyKey } = options;
    if (retries !== undefined && !(Number.isInteger(retries) && retries >= 0)) {
      const message = `Cannot call ${name}: retries is ${retries}; give a whole number, 0 or more.`;
      throw new SkerryError('SKERRY_OPTION_INVALID', message);
    }
    if (metadata) checkMetadata(metadata, name);
    if (idempotencyKey !== undefined && typeof idempotencyKey !== 'string') {
      const message = `Cannot call ${name}: idempotencyKey is ${typeof idempotencyKey}; give a string.`;
      throw new SkerryError('SKERRY_OPTION_INVALID', message);
    }
    if (!baggage) return context?.baggage;
    const all = { ...context?.baggage, ...baggage };
    formatBaggage(all);
    return all;
  }
}

function checkTime(name: string, value: number | undefined, endpoint: string): void {
  if (value === undefined || (typeof value === 'number' && value > 0 && value < 2 ** 31)) return;
  throw new SkerryError(
    'SKERRY_OPTION_INVALID',
    `Cannot call ${endpoint}: ${name} is ${value}; give milliseconds, more than 0 and less than 2^31.`,
  );
}

function messagesOf(request: unknown, endpoint: string): AsyncIterable<unknown> | Iterable<unknown> {
  if (typeof request === 'object' && request !== null) {
    if (Symbol.asyncIterator in request) return request as AsyncIterable<unknown>;
    if (Symbol.iterator in request) return request as Iterable<unknown>;
  }
  throw new SkerryError(
    'SKERRY_RPC_WRONG_KIND',
    `Cannot call ${endpoint} with one message: it takes many. Pass an async iterable, or an array.`,
  );
}
