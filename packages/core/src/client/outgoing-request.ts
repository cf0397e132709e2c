import type { Codec } from '../codec/codec.js';
import type { Clock } from '../clock/clock.js';
import type { Context } from '../context/context.js';
import { checkMetadata, formatBaggage, toMetadata } from '../context/propagation.js';
import { SkerryError } from '../errors/skerry-error.js';
import type { RpcConnection } from '../rpc/connection.js';
import type { RpcStream, StreamEvents } from '../rpc/stream.js';
import type { CallOptions } from './client.js';
import { Upload } from './upload.js';

export interface RequestOptions {
  /** `service.handler`. */
  readonly endpoint: string;
  readonly options: CallOptions;
  readonly codec: Codec;
  readonly clock: Clock;
  /** The work that makes the call. */
  readonly context: Context | undefined;
  readonly traceId: string;
  /** What makes the messages of a client stream threw, or gave what cannot be encoded. */
  readonly uploadFailed: (cause: unknown) => void;
}

// What the protocol says for a call without a deadline.
const noTimeoutMs = 2 ** 32 - 1;

/** What a call sends: made ready once, however often and to however many nodes it is sent. */
export class OutgoingRequest {
  /** The messages, where there are many. */
  upload?: Upload;
  private payload?: Uint8Array;
  private readonly baggage: Readonly<Record<string, string>> | undefined;

  /** Throws `SKERRY_OPTION_INVALID` for options that are not allowed. */
  constructor(
    private readonly message: unknown,
    private readonly request: RequestOptions,
  ) {
    const { options, endpoint, context } = request;
    for (const name of ['timeoutMs', 'idleTimeoutMs'] as const) checkTime(name, options[name], endpoint);
    if (options.metadata) checkMetadata(options.metadata, endpoint);
    this.baggage = options.baggage ? { ...context?.baggage, ...options.baggage } : context?.baggage;
    if (options.baggage) formatBaggage(this.baggage!);
  }

  /** Throws what keeps the message, or what should be many messages, from being sent. */
  prepare(takesMany: boolean): void {
    const { message, request } = this;
    const { codec, endpoint, uploadFailed } = request;
    if (takesMany) {
      const encode = (each: unknown): Uint8Array => codec.encode(each);
      this.upload ??= new Upload(messagesOf(message, endpoint), { encode, failed: uploadFailed });
    } else if (message !== undefined) {
      this.payload ??= codec.encode(message);
    }
  }

  /**
   * @param leftMs  How long the caller will still wait; infinite for no deadline.
   * @param attempt From 1.
   */
  send(connection: RpcConnection, leftMs: number, attempt: number, events: StreamEvents): RpcStream {
    const { endpoint, options, clock, context, traceId } = this.request;
    const { idempotencyKey, metadata } = options;
    const { baggage, payload, upload } = this;
    const head = {
      timeoutMs: Math.max(1, Math.ceil(Math.min(leftMs, noTimeoutMs))),
      traceId,
      spanId: clock.randomHex(8),
      traceFlags: context?.traceFlags,
      metadata: toMetadata(metadata, { traceState: context?.traceState, baggage, idempotencyKey, attempt }),
    };
    const stream = connection.open(endpoint, head, payload, upload === undefined, events);
    upload?.to(stream);
    return stream;
  }
}

function checkTime(name: string, value: number | undefined, endpoint: string): void {
  if (value === undefined || (value > 0 && value < 2 ** 31)) return;
  throw new SkerryError(
    'SKERRY_OPTION_INVALID',
    `Cannot call ${endpoint}: ${name} is ${value}; give milliseconds, more than 0.`,
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
