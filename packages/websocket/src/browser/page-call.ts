import { CallError, type CallErrorOptions } from './call-error.js';
import type { Dialer } from './dialer.js';
import { decodeJson, encodeJson, maxU32 } from './frames.js';
import type { PageCallOptions } from './page-client.js';
import type { PageClock } from './page-clock.js';
import type { PageStream, StreamEvents } from './page-stream.js';
import { Reply, type ReplyEvents } from './reply.js';
import { Upload } from './upload.js';

const unaryMs = 5_000;
const idleMs = 30_000;
const firstPauseMs = 50;
const longestPauseMs = 2_000;

/** One call, from its request to its end, over as many attempts as are safe. */
export class PageCall implements StreamEvents, ReplyEvents {
  readonly reply: Reply;
  private readonly begun: number;
  private upload: Upload | undefined;
  private payload: Uint8Array | undefined;
  private stream: PageStream | undefined;
  private deadline = Infinity;
  private attempts = 0;
  private delivered = false;
  private over = false;
  private active: number;
  /** What watches the time of the call. */
  private timer: { cancel(): void } | undefined;
  private pause: { cancel(): void } | undefined;
  private unwait: (() => unknown) | undefined;

  constructor(
    private readonly dialer: Dialer,
    private readonly clock: PageClock,
    /** `greeter.hello` */
    private readonly name: string,
    message: unknown,
    private readonly options: PageCallOptions,
  ) {
    this.reply = new Reply(name, this);
    this.begun = this.active = clock.now();
    // By then it is known whether it is awaited or iterated: an await says so a microtask after the call.
    queueMicrotask(() => queueMicrotask(() => this.start(message)));
  }

  // What the stream says.

  message(payload: Uint8Array, last: boolean): void {
    this.active = this.clock.now();
    this.delivered = true;
    this.reply.streams(!last);
    if (this.over) return;
    try {
      this.reply.item(decodeJson(payload), payload.length);
    } catch (cause) {
      this.giveUp(0, this.error('SKERRY_CODEC_DECODE_FAILED', 'what came is no JSON', { cause }));
    }
  }

  end(): void {
    this.finish();
  }

  failed(error: CallError, started: boolean): void {
    this.stream = undefined;
    if (this.over) return;
    const { idempotent = false, retries = 2 } = this.options;
    const safe = !started || (idempotent && !this.delivered && this.attempts <= retries);
    if (error.retryable && safe && (this.upload?.repeatable ?? true)) {
      const longestMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (this.attempts - 1));
      this.pause = this.clock.setTimer(longestMs * (0.5 + this.clock.random() / 2), () => this.attempt());
      return;
    }
    const ours = started && error.code === 'SKERRY_RPC_CONNECTION_LOST';
    const why = `${error.message}; the handler may have run, and the call was not sent again`;
    this.finish(ours ? this.error(error.code, why, { status: error.status }) : error);
  }

  writable(): void {
    this.active = this.clock.now();
    this.upload?.writable();
  }

  // What the caller says.

  consumed(bytes: number): void {
    this.active = this.clock.now();
    this.stream?.consumed(bytes);
  }

  left(): void {
    this.giveUp(0);
  }

  private start(message: unknown): void {
    const { signal, timeoutMs, idleTimeoutMs = idleMs } = this.options;
    // The loop was left before it began.
    if (this.over) return;
    try {
      if (isMany(message)) this.upload = new Upload(message, (cause) => this.giveUp(0, this.brokenUpload(cause)));
      else if (message !== undefined) this.payload = encodeJson(message);
    } catch (cause) {
      this.finish(
        this.error('SKERRY_CODEC_ENCODE_FAILED', 'the message has no JSON', { status: 'INVALID_ARGUMENT', cause }),
      );
      return;
    }
    const aborted = (): void =>
      this.giveUp(0, this.error('SKERRY_RPC_CANCELLED', 'given up', { status: 'CANCELLED', cause: signal!.reason }));
    if (signal?.aborted) return aborted();
    signal?.addEventListener('abort', aborted);
    this.stopListening = () => signal?.removeEventListener('abort', aborted);
    if (timeoutMs === undefined && (this.reply.iterated || this.upload)) this.watchIdle(idleTimeoutMs);
    else {
      const allowedMs = timeoutMs ?? unaryMs;
      this.deadline = this.begun + allowedMs;
      this.timer = this.clock.setTimer(allowedMs, () => this.expire(allowedMs));
    }
    this.attempt();
  }

  private stopListening: () => void = () => undefined;

  private attempt(): void {
    this.pause = this.unwait = undefined;
    if (this.dialer.closed) {
      this.finish(this.error('SKERRY_RPC_CANCELLED', 'the page closed the connection', { status: 'CANCELLED' }));
      return;
    }
    const connection = this.dialer.current;
    if (!connection) {
      this.unwait = this.dialer.wait(() => this.attempt());
      return;
    }
    this.attempts++;
    const { metadata, idempotencyKey } = this.options;
    const carried = {
      ...metadata,
      ...(idempotencyKey === undefined ? {} : { ':idempotency-key': idempotencyKey }),
      ...(this.attempts === 1 ? {} : { ':attempt': String(this.attempts) }),
    };
    const timeoutMs = Math.min(this.deadline - this.clock.now(), maxU32);
    const call = { timeoutMs, metadata: carried, payload: this.payload, end: !this.upload };
    try {
      this.stream = connection.open(this.name, call, this);
    } catch (error) {
      this.failed(error as CallError, false);
      return;
    }
    this.upload?.to(this.stream);
  }

  /** A stream that was given no time of its own may go on; then only silence ends it. */
  private watchIdle(allowedMs: number): void {
    const leftMs = this.active + allowedMs - this.clock.now();
    this.timer = this.clock.setTimer(Math.max(1, leftMs), () => {
      if (this.reply.backlog) this.active = this.clock.now();
      if (this.clock.now() - this.active < allowedMs) this.watchIdle(allowedMs);
      else if (!this.attempts) this.expire(allowedMs);
      else
        this.giveUp(
          0,
          this.error('SKERRY_RPC_STREAM_IDLE', `nothing came for ${allowedMs} ms`, { status: 'UNAVAILABLE' }),
        );
    });
  }

  private expire(allowedMs: number): void {
    const unconnected = `no connection within ${allowedMs} ms: ${this.dialer.failure ?? 'it is still being made'}`;
    const late = this.attempts
      ? this.error('SKERRY_RPC_DEADLINE_EXCEEDED', `deadline of ${allowedMs} ms exceeded`, {
          status: 'DEADLINE_EXCEEDED',
        })
      : this.error('SKERRY_RPC_CONNECT_FAILED', unconnected, { status: 'UNAVAILABLE', retryable: true });
    this.giveUp(1, late);
  }

  private giveUp(reason: 0 | 1, error?: CallError): void {
    this.stream?.cancel(reason);
    this.finish(error);
  }

  private finish(error?: CallError): void {
    if (this.over) return;
    this.over = true;
    this.timer?.cancel();
    this.pause?.cancel();
    this.unwait?.();
    this.stopListening();
    this.upload?.stop();
    this.reply.end(error);
  }

  private brokenUpload(cause: unknown): CallError {
    return this.error('SKERRY_RPC_CANCELLED', 'the messages to send could not be had', { status: 'CANCELLED', cause });
  }

  private error(code: string, why: string, options: CallErrorOptions): CallError {
    return new CallError(code, `Cannot call ${this.name}: ${why}`, options);
  }
}

function isMany(message: unknown): message is AsyncIterable<unknown> | Iterable<unknown> {
  return (
    typeof message === 'object' && message !== null && (Symbol.asyncIterator in message || Symbol.iterator in message)
  );
}
