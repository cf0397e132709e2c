import type { Clock } from '../clock/clock.js';
import type { Codec } from '../codec/codec.js';
import { Context } from '../context/context.js';
import { SkerryError } from '../errors/skerry-error.js';
import { fromWire, type ErrorClass } from '../errors/wire.js';
import type { NodeRecord } from '../registry/node-record.js';
import type { ServiceView } from '../registry/service-view.js';
import type { RpcConnection } from '../rpc/connection.js';
import type { QueueEvents } from '../rpc/message-queue.js';
import type { RpcStream, StreamEvents } from '../rpc/stream.js';
import type { Outcome } from '../selector/outcome.js';
import type { Lease, Selector } from '../selector/selector.js';
import { Attempts } from './attempts.js';
import {
  attemptsFailed,
  cancelled,
  connectTimedOut,
  deadlineExceeded,
  noNode,
  notSentAgain,
  streamIdle,
  uploadFailed,
  type CallFacts,
} from './call-errors.js';
import { CallTimer } from './call-timer.js';
import type { CallOptions } from './client.js';
import type { Peers } from './peers.js';
import { OutgoingRequest } from './outgoing-request.js';
import type { ReplySink } from './reply.js';
import { unknownHandler, type TargetCache } from './targets.js';
import { Wait } from './wait.js';

/** What all calls of one client share. */
export interface Caller {
  readonly service: string;
  readonly view: ServiceView;
  readonly targets: TargetCache;
  readonly selector: Selector;
  readonly peers: Peers;
  readonly clock: Clock;
  readonly codec: Codec;
  readonly errors: ReadonlyMap<string, ErrorClass>;
  readonly defaultTimeoutMs: number;
}

const defaultIdleMs = 30_000;

/**
 * One call, from its request to its end, over as many attempts as are safe: what certainly did not start is tried again
 * until the deadline, on other nodes first; what may have started only where the handler is idempotent.
 */
export class ClientCall implements StreamEvents, QueueEvents {
  /** Set by whoever started the call, before anything can arrive. */
  sink!: ReplySink;
  private readonly startedAt: number;
  private deadline: number;
  private readonly context = Context.current();
  private readonly traceId: string;
  private request?: OutgoingRequest;
  private readonly attempts = new Attempts();
  private lease?: Lease;
  private stream?: RpcStream;
  private readonly timer: CallTimer;
  private streaming = false;
  private waiting?: Wait;
  private unlisten?: () => void;
  private unlistenSignal?: () => void;
  private received = false;
  private over = false;

  constructor(
    private readonly caller: Caller,
    private readonly handler: string,
    private readonly options: CallOptions,
  ) {
    const { clock, defaultTimeoutMs } = caller;
    this.timer = new CallTimer(clock);
    this.startedAt = clock.now();
    const own = this.startedAt + (options.timeoutMs ?? defaultTimeoutMs);
    this.deadline = this.context ? Math.min(own, this.context.deadline) : own;
    this.traceId = this.context?.traceId ?? clock.randomHex(16);
  }

  /** Sends the request. Never throws: everything that goes wrong goes to the sink, later. */
  start(message: unknown): void {
    const { signal } = this.options;
    try {
      this.request = this.outgoing(message);
      if (signal?.aborted) throw cancelled(signal.reason, this.facts());
      if (this.context?.cancelled) throw cancelled(this.context.cancelled, this.facts());
    } catch (error) {
      // As a promise would: whoever called gets the chance to listen first.
      queueMicrotask(() => this.finish(SkerryError.from(error)));
      return;
    }
    this.timer.deadline(this.deadline, () => this.expire());
    this.unlisten = this.context?.onCancel((reason) => this.abandon(reason));
    if (signal) {
      const aborted = (): void => this.abandon(signal.reason);
      signal.addEventListener('abort', aborted, { once: true });
      this.unlistenSignal = () => signal.removeEventListener('abort', aborted);
    }
    this.next();
  }

  // What the consumer of the reply says.

  left(): void {
    this.abandon(undefined);
  }

  consumed(bytes: number): void {
    this.timer.active();
    this.stream?.consumed(bytes);
  }

  // What the stream says.

  message(payload: Buffer): void {
    if (this.over) return;
    if (!this.received) this.lease?.answered();
    this.received = true;
    this.timer.active();
    let value: unknown;
    try {
      value = this.caller.codec.decode(payload);
    } catch (error) {
      this.stream?.cancel('cancelled');
      this.finish(SkerryError.from(error), 'failure');
      return;
    }
    this.sink.item(value, payload.length);
  }

  end(): void {
    this.finish(undefined, 'success');
  }

  /** The node answered with an error. */
  error(wire: unknown, started: boolean): void {
    const error = fromWire(wire, this.caller.errors);
    const overload = error.status === 'RESOURCE_EXHAUSTED' && error.retryable;
    if (!started && error.retryable) this.failed(error, false, overload ? 'overload' : 'transport');
    else this.finish(error, 'failure');
  }

  /** The connection ended before the call did. */
  lost(error: SkerryError, started: boolean): void {
    if (started || error.retryable) this.failed(error, started, 'transport');
    // Too large to be sent, for example: it would be for every node.
    else this.finish(error, 'failure');
  }

  cancel(): void {
    // Only callers cancel.
  }

  writable(): void {
    this.timer.active();
    this.request?.upload?.writable();
  }

  // The attempts.

  private readonly next = (): void => {
    if (this.over) return;
    const { service, view, targets, selector, peers } = this.caller;
    const { nodes, endpoint } = targets.find(view.nodes, this.handler);
    if (!endpoint) {
      if (view.loaded && view.nodes.length > 0) this.finish(unknownHandler(service, this.handler, view.nodes));
      else this.wait().forNodes(this.next, (error) => this.finish(SkerryError.from(error)));
      return;
    }
    if (!this.attempts.anyLeft(nodes)) this.attempts.nextRound();
    const { key } = this.options;
    const lease = selector.pick(service, nodes, { tried: this.attempts.tried, key });
    this.lease = lease;
    this.sink.streams(endpoint.kind === 'server-stream' || endpoint.kind === 'bidirectional');
    if (this.over) return;
    if (endpoint.kind !== 'unary' && !this.streaming) this.beginStreaming();
    try {
      this.request!.prepare(endpoint.kind === 'client-stream' || endpoint.kind === 'bidirectional');
    } catch (error) {
      queueMicrotask(() => this.finish(SkerryError.from(error)));
      return;
    }
    const connection = peers.connection(lease.node.addresses['skerry']!);
    if (!(connection instanceof Promise)) {
      this.send(connection);
      return;
    }
    connection.then(
      (ready) => this.send(ready, lease),
      (error: unknown) => {
        if (this.lease === lease) this.failed(SkerryError.from(error), false, 'transport');
      },
    );
  };

  private send(connection: RpcConnection, lease = this.lease): void {
    // Meanwhile the call may have ended, or gone on to another node.
    if (this.over || !lease || this.lease !== lease) return;
    this.attempts.wasSent();
    const leftMs = this.deadline - this.caller.clock.now();
    this.stream = this.request!.send(connection, leftMs, this.attempts.current, this);
  }

  private outgoing(message: unknown): OutgoingRequest {
    const { caller, handler, options, context, traceId } = this;
    return new OutgoingRequest(message, {
      endpoint: `${caller.service}.${handler}`,
      options,
      codec: caller.codec,
      clock: caller.clock,
      context,
      traceId,
      uploadFailed: (cause) => {
        this.stream?.cancel('cancelled');
        this.finish(uploadFailed(cause, this.facts()));
      },
    });
  }

  private wait(): Wait {
    return (this.waiting ??= new Wait(this.caller.clock, this.caller.view));
  }

  /** A stream that was given no time of its own may go on; then only silence ends it. */
  private beginStreaming(): void {
    this.streaming = true;
    const { timeoutMs, idleTimeoutMs = defaultIdleMs } = this.options;
    if (timeoutMs !== undefined) return;
    this.deadline = this.context?.deadline ?? Infinity;
    if (this.deadline !== Infinity) this.timer.deadline(this.deadline, () => this.expire());
    else
      this.timer.idle(
        idleTimeoutMs,
        () => this.sink.backlog,
        () => this.grownSilent(idleTimeoutMs),
      );
  }

  private grownSilent(idleMs: number): void {
    this.stream?.cancel('deadline');
    this.finish(streamIdle(idleMs, this.facts()), 'transport');
  }

  private failed(error: SkerryError, mayHaveRun: boolean, outcome: Outcome): void {
    if (this.over) return;
    const { attempts, caller } = this;
    const { node } = this.lease!;
    attempts.add(node, error);
    this.release(outcome);
    this.stream = undefined;
    const objection = mayHaveRun ? this.objectionToResending(node) : this.objectionToRepeating();
    if (objection) {
      this.finish(notSentAgain(error, this.facts(), objection, mayHaveRun));
      return;
    }
    const { nodes } = caller.targets.find(caller.view.nodes, this.handler);
    if (attempts.anyLeft(nodes)) this.next();
    else this.wait().pause(attempts.backoffMs(caller.clock.random()), this.next);
  }

  /** Why a call that has not run cannot be made again all the same. */
  private objectionToRepeating(): string | undefined {
    const forgotten = this.request?.upload?.repeatable === false;
    return forgotten ? 'too many of its messages were sent to keep them all' : undefined;
  }

  private objectionToResending(node: NodeRecord): string | undefined {
    const endpoint = node.endpoints.find(({ name }) => name === this.handler);
    return this.attempts.objection(endpoint?.idempotent === true, this.received, this.request?.upload !== undefined);
  }

  // The ends.

  private expire(): void {
    const { lease, stream } = this;
    const { lastError } = this.attempts;
    stream?.cancel('deadline');
    if (stream) this.finish(deadlineExceeded(this.facts()), 'transport');
    else if (lease) this.finish(connectTimedOut(this.facts()), 'transport');
    else if (lastError) this.finish(attemptsFailed(lastError, this.facts()));
    else this.finish(noNode(this.facts(), this.caller.view.failure));
  }

  private abandon(reason: unknown): void {
    if (this.over) return;
    this.stream?.cancel('cancelled');
    this.finish(cancelled(reason, this.facts()));
  }

  private finish(error: SkerryError | undefined, outcome: Outcome = 'cancelled'): void {
    if (this.over) return;
    this.over = true;
    this.timer.cancel();
    this.request?.upload?.stop();
    this.waiting?.end();
    this.unlisten?.();
    this.unlistenSignal?.();
    this.release(outcome);
    if (error) this.sink.fail(error);
    else this.sink.end();
  }

  private release(outcome: Outcome): void {
    const { lease } = this;
    this.lease = undefined;
    lease?.done(outcome);
  }

  private facts(): CallFacts {
    const { caller, handler, traceId, startedAt, deadline, attempts, lease } = this;
    const { service, clock } = caller;
    const times = { allowedMs: deadline - startedAt, tookMs: clock.now() - startedAt };
    return {
      service,
      handler,
      traceId,
      ...times,
      failed: attempts.failed,
      node: lease?.node,
      lastSeen: caller.targets.lastSeen,
    };
  }
}
