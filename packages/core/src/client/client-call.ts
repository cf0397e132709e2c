import { endpointMessages } from '../codec/endpoint-messages.js';
import { shareable } from '../clock/shared-signal.js';
import { Context } from '../context/context.js';
import { markRetriesSpent } from '../context/retries-spent.js';
import { SkerryError } from '../errors/skerry-error.js';
import { fromWire } from '../errors/wire.js';
import type { EndpointRecord, NodeRecord } from '../registry/node-record.js';
import type { QueueEvents } from '../rpc/message-queue.js';
import type { NodeCriteria } from '../selector/filter.js';
import type { Outcome } from '../selector/outcome.js';
import { Attempt, type AttemptHost } from './attempt.js';
import { Attempts } from './attempts.js';
import {
  attemptsFailed,
  cancelled,
  connectTimedOut,
  deadlineExceeded,
  noNode,
  notSentAgain,
  slowToConnect,
  streamIdle,
  uploadFailed,
  withAttempts,
  type CallFacts,
} from './call-errors.js';
import type { Caller } from './caller.js';
import type { CallOptions } from './client.js';
import type { Expiring } from '../clock/deadlines.js';
import { Hedge } from './hedge.js';
import { IdleTimer } from './idle-timer.js';
import { OutgoingRequest } from './outgoing-request.js';
import type { PeerConnection } from './protocol.js';
import type { ReplySink } from './reply.js';
import { unknownHandler, type Targets } from './targets.js';
import { Wait } from './wait.js';

/** Of calls that nothing has failed of. */
const noAttempts = Object.freeze(new Attempts());
// A node that is this slow to accept a connection may be frozen; while there are others, they are tried.
const connectPatienceMs = 1_000;

/**
 * One call, from its request to its end, over as many attempts as are safe: what certainly did not start is tried again
 * until the deadline, on other nodes first; what may have started only where the handler is idempotent.
 */
export class ClientCall implements AttemptHost, QueueEvents, Expiring {
  /** Set by whoever started the call, before anything can arrive. */
  sink!: ReplySink;
  deadline: number;
  list: Expiring['list'];
  earlier: Expiring | undefined;
  later: Expiring | undefined;
  private readonly startedAt: number;
  private readonly context = Context.current();
  private readonly traceId: string;
  private request: OutgoingRequest | undefined;
  private attempts = noAttempts;
  /** How often the call was begun, hedges included. */
  private begun = 0;
  /** The attempt that the call is about; the other one of a hedged call is the {@link hedge}'s. */
  private attempt: Attempt | undefined;
  private endpoint: EndpointRecord | undefined;
  private hedge: Hedge | undefined;
  /** Of a stream without a deadline. */
  private idle: IdleTimer | undefined;
  private streaming = false;
  private waiting: Wait | undefined;
  private unlisten: (() => void) | undefined;
  private unlistenSignal: (() => void) | undefined;
  private over = false;

  constructor(
    private readonly caller: Caller,
    private readonly options: CallOptions,
    /** {@link Caller.criteria}, narrowed by the options. */
    private readonly criteria: NodeCriteria | undefined,
  ) {
    const { context } = this;
    const { clock } = caller;
    this.startedAt = clock.now();
    const own = this.startedAt + (options.timeoutMs ?? caller.timeoutMs);
    this.deadline = context && context.deadline < own ? context.deadline : own;
    this.traceId = context ? context.traceId : clock.randomHex(16);
  }

  /**
   * Sends the request. Never throws: everything that goes wrong goes to the sink, later.
   *
   * @param targets Where it can go at present.
   */
  start(message: unknown, targets: Targets): void {
    const { signal } = this.options;
    const { caller, options, context, traceId } = this;
    try {
      this.request = new OutgoingRequest(message, caller, options, context, traceId);
      if (signal?.aborted) throw cancelled(signal.reason, this.facts());
      if (context?.cancelled) throw cancelled(context.cancelled, this.facts());
    } catch (error) {
      this.failSoon(error);
      return;
    }
    caller.budget.began(this.startedAt);
    if (context) this.unlisten = context.onCancel((reason) => this.causeOver(reason));
    // Otherwise the deadline is the context's, which watches it.
    if (this.deadline !== context?.deadline) caller.deadlines.add(this, this.deadline - this.startedAt);
    if (signal) {
      const aborted = (): void => this.abandon(signal.reason);
      shareable(signal).addEventListener('abort', aborted, { once: true });
      this.unlistenSignal = () => signal.removeEventListener('abort', aborted);
    }
    this.next(targets);
  }

  /** As a promise would: whoever called gets the chance to listen first. */
  failSoon(error: unknown): void {
    queueMicrotask(() => this.finish(SkerryError.from(error)));
  }

  // What the consumer of the reply says.

  left(): void {
    this.abandon(undefined);
  }

  consumed(bytes: number): void {
    this.idle?.active();
    this.attempt?.stream?.consumed(bytes);
  }

  // What an attempt says.

  message(attempt: Attempt, payload: Buffer): void {
    if (this.hedge) this.settleOn(attempt);
    this.idle?.active();
    let value: unknown;
    try {
      value = attempt.codec!.decode(payload);
    } catch (error) {
      attempt.close('failure', 'cancelled');
      this.finish(SkerryError.from(error));
      return;
    }
    this.sink.item(value, payload.length);
  }

  completed(attempt: Attempt): void {
    if (this.hedge) this.settleOn(attempt);
    this.finish(undefined, 'success');
  }

  refused(attempt: Attempt, wire: unknown, started: boolean): void {
    const error = fromWire(wire, this.caller.errors);
    const overload = error.status === 'RESOURCE_EXHAUSTED' && error.retryable;
    if (error.retryable) {
      this.failed(attempt, error, started, overload ? 'overload' : started ? 'failure' : 'transport', true);
      return;
    }
    // Both sides watch it; whichever is first, it is told in the same way.
    if (error.code === 'SKERRY_RPC_DEADLINE_EXCEEDED' && this.caller.clock.now() >= this.deadline) {
      this.expire();
      return;
    }
    if (this.hedge) this.settleOn(attempt);
    this.finish(withAttempts(error, this.attempts.failed), 'failure');
  }

  lost(attempt: Attempt, error: SkerryError, started: boolean): void {
    if (started || error.retryable) this.failed(attempt, error, started, 'transport', false);
    // Too large to be sent, for example: it would be for every node.
    else this.finish(error, 'failure');
  }

  writable(): void {
    this.idle?.active();
    this.request?.upload?.writable();
  }

  // The attempts.

  private next(targets = this.targets()): void {
    if (this.over) return;
    const { nodes, endpoint } = targets;
    if (!endpoint) {
      this.waitForNodes(targets);
      return;
    }
    this.endpoint = endpoint;
    if (!this.attempts.anyLeft(nodes)) this.attempts.nextRound();
    this.sink.streams(endpoint.kind === 'server-stream' || endpoint.kind === 'bidirectional');
    if (this.over) return;
    if (endpoint.kind !== 'unary' && !this.streaming) this.beginStreaming();
    try {
      const takesMany = endpoint.kind === 'client-stream' || endpoint.kind === 'bidirectional';
      if (takesMany) this.request!.prepareUpload((cause) => this.uploadFailed(cause));
    } catch (error) {
      this.failSoon(error);
      return;
    }
    this.attempt = this.begin(nodes, this.attempts.tried);
    const { hedgeAfterMs = this.caller.hedgeAfterMs } = this.options;
    if (hedgeAfterMs !== undefined && !this.hedge) this.prepareHedge(hedgeAfterMs, endpoint);
  }

  private begin(nodes: readonly NodeRecord[], tried: ReadonlySet<string>): Attempt {
    const { service, selector, peers, clock } = this.caller;
    const attempt = new Attempt(this, selector.pick(service, nodes, { tried, key: this.options.key }));
    this.begun++;
    const connection = peers.connection(attempt.node, this.request!.upload !== undefined, this.caller.manner);
    if (!(connection instanceof Promise)) this.send(attempt, connection);
    else {
      const patienceMs = nodes.length > 1 && this.retries !== 0 ? connectPatienceMs : Infinity;
      const slow = (): SkerryError => slowToConnect(attempt.node, patienceMs);
      attempt.await(connection, clock, patienceMs, (ready) => this.send(attempt, ready), slow);
    }
    return attempt;
  }

  private send(attempt: Attempt, connection: PeerConnection): void {
    // No time has passed since the first was begun, when its connection was open.
    const now = this.begun === 1 && this.attempt === undefined ? this.startedAt : this.caller.clock.now();
    try {
      const messages = endpointMessages(connection.codec, this.endpoint!);
      attempt.codec = messages.reply;
      attempt.stream = this.request!.send(connection, messages.request, this.deadline - now, this.begun, attempt);
    } catch (error) {
      this.failSoon(error);
    }
  }

  private targets(): Targets {
    const { caller } = this;
    let { nodes } = caller.view;
    // What a running call needs of its own process is there until it has ended, although nobody else finds it any more.
    if (nodes.length === 0 && this.context) nodes = caller.peers.own(caller.service);
    return caller.targets.find(nodes, caller.handler, this.criteria);
  }

  private waitForNodes({ known }: Targets): void {
    const { view, service, handler } = this.caller;
    if (view.loaded && !known && view.nodes.length > 0) {
      this.finish(unknownHandler(service, handler, view.nodes));
      return;
    }
    // Nodes that have the handler, and that filters or criteria leave out, are no reason to look again: others may come.
    const satisfied = (): boolean => {
      const found = this.targets();
      return found.endpoint !== undefined || (!found.known && view.nodes.length > 0);
    };
    this.wait().forNodes(
      satisfied,
      () => this.next(),
      (error) => this.finish(SkerryError.from(error)),
    );
  }

  private get retries(): number {
    return this.options.retries ?? this.caller.retries;
  }

  private wait(): Wait {
    return (this.waiting ??= new Wait(this.caller.clock, this.caller.view));
  }

  /** A stream that was given no time of its own may go on; then only silence ends it. */
  private beginStreaming(): void {
    this.streaming = true;
    const { timeoutMs, idleTimeoutMs = this.caller.idleTimeoutMs } = this.options;
    if (timeoutMs !== undefined) return;
    this.caller.deadlines.remove(this);
    this.deadline = this.context?.deadline ?? Infinity;
    // Any other is watched by the context.
    if (this.deadline !== Infinity) return;
    const held = (): boolean => this.sink.backlog;
    this.idle = new IdleTimer(this.caller.clock, idleTimeoutMs, held, () => this.grownSilent(idleTimeoutMs));
  }

  private grownSilent(idleMs: number): void {
    this.finish(streamIdle(idleMs, this.facts()), 'transport', 'deadline');
  }

  // Two at once.

  private prepareHedge(afterMs: number, { idempotent, kind }: EndpointRecord): void {
    if (!idempotent || kind !== 'unary' || this.retries === 0) return;
    this.hedge = new Hedge(this.caller.clock, afterMs, () => {
      const { nodes } = this.targets();
      const { attempt, attempts, caller } = this;
      if (!attempt || attempt.received) return undefined;
      const avoided = new Set(attempts.tried).add(attempt.node.id);
      if (nodes.every(({ id }) => avoided.has(id)) || !caller.budget.take(caller.clock.now())) return undefined;
      return this.begin(nodes, avoided);
    });
  }

  /** One of the two has answered: the other one is no longer of interest. */
  private settleOn(attempt: Attempt): void {
    const second = this.hedge!.end();
    this.hedge = undefined;
    if (!second) return;
    const other = second === attempt ? this.attempt : second;
    this.attempt = attempt;
    other?.outrun();
  }

  /** Whether the other one of the two goes on, after this one has failed. */
  private otherGoesOn(attempt: Attempt): boolean {
    const { hedge } = this;
    const second = hedge?.attempt;
    if (!second) return false;
    if (second !== attempt) this.attempt = second;
    hedge.attempt = undefined;
    return true;
  }

  // What failed.

  /** @param own It is the node's own answer. */
  private failed(attempt: Attempt, error: SkerryError, mayHaveRun: boolean, outcome: Outcome, own: boolean): void {
    const { caller } = this;
    if (this.attempts === noAttempts) this.attempts = new Attempts();
    const { attempts } = this;
    attempt.close(outcome);
    attempts.add(attempt, error);
    if (this.otherGoesOn(attempt)) return;
    this.attempt = undefined;
    const burdens = mayHaveRun || (own && error.status === 'RESOURCE_EXHAUSTED');
    const objection = this.objection(attempt, mayHaveRun, burdens);
    if (objection !== undefined) {
      const told = own && mayHaveRun;
      const final = told
        ? withAttempts(error, attempts.failed)
        : notSentAgain(error, this.facts(), objection, mayHaveRun);
      if (this.context && burdens) markRetriesSpent(final);
      this.finish(final);
      return;
    }
    if (attempts.anyLeft(this.targets().nodes)) this.next();
    else this.wait().pause(attempts.backoffMs(caller.clock.random()), () => this.next());
  }

  /**
   * Why the call cannot be made again.
   *
   * @param burdens A node has worked, or refused, and shall not be asked without end. What never reached one burdens nobody.
   */
  private objection({ received }: Attempt, mayHaveRun: boolean, burdens: boolean): string | undefined {
    const { attempts, caller, request, endpoint } = this;
    const { retries } = this;
    if (retries === 0) return 'retries is 0';
    if (mayHaveRun) {
      const unsafe = attempts.objection(endpoint!.idempotent, received, request?.upload !== undefined, retries);
      if (unsafe !== undefined) return unsafe;
    } else if (request?.upload?.repeatable === false) return 'too many of its messages were sent to keep them all';
    if (!burdens || caller.budget.take(caller.clock.now())) return undefined;
    return `the retry budget of ${caller.service}, ${caller.budget.percent} % of its calls, is used up`;
  }

  // The ends.

  expire(): void {
    const { attempt } = this;
    const { lastError } = this.attempts;
    if (attempt?.stream) this.finish(deadlineExceeded(this.facts()), 'transport', 'deadline');
    else if (attempt) this.finish(connectTimedOut(this.facts()), 'transport');
    else if (lastError) this.finish(attemptsFailed(lastError, this.facts()));
    else this.finish(noNode(this.facts(), this.caller.view.failure, this.targets().explain()));
  }

  private uploadFailed(cause: unknown): void {
    this.finish(uploadFailed(cause, this.facts()), 'cancelled', 'cancelled');
  }

  /** The work that makes the call is no longer wanted: mostly because its time, which is that of the call, is over. */
  private causeOver(reason: SkerryError): void {
    if (reason.code === 'SKERRY_RPC_DEADLINE_EXCEEDED' && this.caller.clock.now() >= this.deadline) this.expire();
    else this.abandon(reason);
  }

  private abandon(reason: unknown): void {
    if (!this.over) this.finish(cancelled(reason, this.facts()), 'cancelled', 'cancelled');
  }

  /** @param tell What the nodes that are still at work are told. */
  private finish(
    error: SkerryError | undefined,
    outcome: Outcome = 'cancelled',
    tell?: 'cancelled' | 'deadline',
  ): void {
    if (this.over) return;
    this.over = true;
    if (this.list) this.caller.deadlines.remove(this);
    this.idle?.cancel();
    this.request?.upload?.stop();
    this.waiting?.end();
    this.unlisten?.();
    this.unlistenSignal?.();
    this.hedge?.end()?.close(outcome, tell ?? 'cancelled');
    this.attempt?.close(outcome, tell);
    if (error) this.sink.fail(error);
    else this.sink.end();
  }

  private facts(): CallFacts {
    const { caller, traceId, startedAt, deadline, attempts, attempt } = this;
    const { service, handler, clock } = caller;
    return {
      ...{ service, handler, traceId },
      allowedMs: deadline - startedAt,
      tookMs: clock.now() - startedAt,
      failed: attempts.failed,
      node: attempt?.node,
      lastSeen: caller.targets.lastSeen,
    };
  }
}
