import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock, Timer } from '../clock/clock.js';
import { shareable } from '../clock/shared-signal.js';
import type { ErrorOrigin } from '../errors/skerry-error.js';
import { SkerryError } from '../errors/skerry-error.js';
import type { Peer } from './peer.js';
import type { Carried } from './propagation.js';
import { formatTraceParent } from './trace-parent.js';

const current = new AsyncLocalStorage<Context>();
const nothingCarried: Readonly<Record<string, string>> = Object.freeze({});

export interface ContextOptions extends Carried {
  /** When the work must be done, in the clock's milliseconds ({@link Clock.now}). */
  readonly deadline: number;
  /** 32 hexadecimal digits (W3C Trace Context), shared by all work that one request causes. Default: a new one. */
  readonly traceId?: string;
  /** 16 hexadecimal digits of this hop. Default: a new one. */
  readonly spanId?: string;
  /** The hop that caused this one. Absent where the trace began here. */
  readonly parentSpanId?: string;
  /** The flags byte of W3C Trace Context; 1 is "sampled". Default 0. */
  readonly traceFlags?: number;
  /** The service and node that called, as they say themselves. Absent where the work began here. */
  readonly caller?: ErrorOrigin;
  /** The other end of the connection that the call came by. */
  readonly peer?: Peer | undefined;
  /** Passed along by the caller. Lower-case keys. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** What runs, as `service.handler`; for messages. */
  readonly operation?: string;
}

/**
 * What belongs to one piece of work and travels with it through every call it causes: how long it may take, whether it is
 * still wanted, which trace it is part of. Handlers read it by {@link Context.current}; calls made inside take over its
 * deadline, trace and cancellation by themselves.
 */
export class Context {
  readonly deadline: number;
  readonly traceId: string;
  readonly parentSpanId?: string;
  readonly traceFlags: number;
  readonly traceState?: string;
  /** The service and node that called, as they say themselves: for logs, not for authorization. */
  readonly caller?: ErrorOrigin;
  /**
   * The other end of the connection that the call came by, with who it is where its certificate was verified. Absent for what came
   * by none: calls within a process, messages of a broker, work that began here.
   */
  readonly peer?: Peer;
  /** What the caller wrote for this call. Not passed on. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Passed on to every call that the work causes. */
  readonly baggage: Readonly<Record<string, string>>;
  /** The caller's name for this piece of work: the same for every time that it is sent. */
  readonly idempotencyKey?: string;
  /** Which attempt of the caller this is, from 1. */
  readonly attempt: number;
  readonly operation: string;
  /** Instances of request-scoped providers, in the order of the container's plan. Owned by the container. */
  requestScope?: unknown;

  private span: string | undefined;
  private timer?: Timer;
  private finished = false;
  private controller?: AbortController;
  private reason?: SkerryError;
  private listeners?: Set<(reason: SkerryError) => void>;

  constructor(
    private readonly clock: Clock,
    options: ContextOptions,
  ) {
    this.deadline = options.deadline;
    this.traceId = options.traceId ?? clock.randomHex(16);
    this.span = options.spanId;
    this.traceFlags = options.traceFlags ?? 0;
    if (options.parentSpanId) this.parentSpanId = options.parentSpanId;
    if (options.traceState) this.traceState = options.traceState;
    if (options.caller) this.caller = options.caller;
    if (options.peer) this.peer = options.peer;
    this.metadata = options.metadata ?? nothingCarried;
    this.baggage = options.baggage ?? nothingCarried;
    if (options.idempotencyKey !== undefined) this.idempotencyKey = options.idempotencyKey;
    this.attempt = options.attempt ?? 1;
    this.operation = options.operation ?? '';
  }

  /** The context of the running handler; `undefined` outside of one. */
  static current(): Context | undefined {
    return current.getStore();
  }

  /** Runs `work` inside this context, with everything asynchronous that it starts. */
  run<T>(work: () => T): T {
    return current.run(this, work);
  }

  /** {@link run}, with arguments instead of a closure: for who runs many. */
  runWith<A, B, T>(work: (a: A, b: B) => T, a: A, b: B): T {
    return current.run(this, work, a, b);
  }

  /** Of this hop. Made when it is first asked for: work that calls nobody needs none. */
  get spanId(): string {
    return (this.span ??= this.clock.randomHex(8));
  }

  /** This hop as W3C Trace Context writes it, for the headers of what is not called through Skerry. */
  get traceparent(): string {
    return formatTraceParent(this);
  }

  /** Milliseconds until the deadline; 0 when it is over. */
  get remainingMs(): number {
    return Math.max(0, this.deadline - this.clock.now());
  }

  /** Why the work is no longer wanted; `undefined` while it is. */
  get cancelled(): SkerryError | undefined {
    return this.reason;
  }

  /**
   * Aborted when the work is no longer wanted: the caller cancelled or is gone, the deadline is over, the node shuts down.
   * Its reason is a {@link SkerryError}. Created when it is first read, so work that never looks pays nothing.
   */
  get signal(): AbortSignal {
    if (!this.controller) {
      this.controller = new AbortController();
      shareable(this.controller.signal);
      if (this.reason) this.controller.abort(this.reason);
      else this.watchDeadline();
    }
    return this.controller.signal;
  }

  /** Calls back once the work is no longer wanted; cheaper than {@link signal}. Returns what undoes it. */
  onCancel(listener: (reason: SkerryError) => void): () => void {
    if (this.reason) {
      listener(this.reason);
      return nothing;
    }
    (this.listeners ??= new Set()).add(listener);
    this.watchDeadline();
    return () => this.listeners?.delete(listener);
  }

  /** Tells everyone who works for this context to stop. The first reason stays. */
  cancel(reason: SkerryError): void {
    if (this.reason || this.finished) return;
    this.reason = reason;
    this.timer?.cancel();
    this.controller?.abort(reason);
    for (const listener of this.listeners ?? []) {
      try {
        listener(reason);
      } catch (error) {
        // As an AbortSignal has it: one listener's mistake is nobody else's, and not hidden either.
        process.nextTick(() => {
          throw error;
        });
      }
    }
    this.listeners = undefined;
  }

  /** The work is done: nothing is cancelled any more. For whoever made the context. */
  finish(): void {
    this.finished = true;
    this.timer?.cancel();
    this.listeners = undefined;
  }

  /** The caller says so at the deadline too, unless it cannot: it may hang, or be out of reach. */
  private watchDeadline(): void {
    if (this.timer || this.finished || this.deadline === Infinity) return;
    const over = (): void =>
      this.cancel(
        new SkerryError('SKERRY_RPC_DEADLINE_EXCEEDED', `the deadline of ${this.operation || 'the work'} is over`),
      );
    this.timer = this.clock.setTimer(this.remainingMs, over, true);
  }
}

function nothing(): void {
  // There is nothing to undo.
}
