import type { Failure } from '../broker/driver.js';
import type { Timer } from '../clock/clock.js';
import { SkerryError } from '../errors/skerry-error.js';
import type { InboxEvents } from './inbox-events.js';
import type { InboxNode } from './inbox-node.js';
import { deliverEndpoint, inboxService, readAnswer, type Answer, type DeliverRequest } from './inbox-protocol.js';
import type { NodeOutcome } from './line-nodes.js';
import { NodeCall, type CallGround } from './node-call.js';
import type { BodyRecord, OutboxEntry } from './outbox-entry.js';
import type { Outbox } from './outbox.js';
import type { Flown } from './queue-line.js';

export interface FlightGround extends CallGround {
  readonly outbox: Outbox;
  readonly leaseMs: number;
  /** How long the answer to a delivery may take, in ms. */
  readonly timeoutMs: number;
  readonly events: InboxEvents;
  /** A dead letter was added. */
  readonly buried: (queue: string) => void;
}

// A message that takes its node down each time must not take down all of them for ever.
const mostLosses = 50;
const firstPauseMs = 100;
const longestPauseMs = 10_000;
/** No node would take it, or could read it. */
const hopeless: readonly string[] = [
  'SKERRY_TRANSPORT_FRAME_TOO_LARGE',
  'SKERRY_CODEC_DECODE_FAILED',
  'SKERRY_CODEC_ENCODE_FAILED',
];

/** The deliveries that are on their way: claims each in the store, makes the call, and writes down what came of it. */
export class Flights {
  private readonly entries = new Set<OutboxEntry>();
  private readonly calls = new Set<NodeCall<Answer>>();
  private readonly lifetime = new AbortController();
  private renewal: Timer | undefined;
  private landed: (() => void) | undefined;
  private failures = 0;

  constructor(private readonly ground: FlightGround) {}

  /** Never rejects. */
  async fly(entry: OutboxEntry, node: InboxNode): Promise<Flown> {
    this.entries.add(entry);
    this.keepLeases();
    try {
      return await this.attempt(entry, node);
    } catch (error) {
      // It is not known what the store has of it. A lease that stays there is over after its time.
      entry.hold = undefined;
      this.failed(error);
      return { node: 'well', aftermath: { type: 'again', afterMs: this.pauseMs() } };
    } finally {
      this.entries.delete(entry);
      if (this.entries.size === 0) {
        this.renewal?.cancel();
        this.renewal = undefined;
        this.landed?.();
      }
    }
  }

  /** Lets what is on its way arrive, for at most `patienceMs`; what is left then is given back, to be delivered again. */
  async close(patienceMs: number): Promise<void> {
    await this.empty(patienceMs);
    const reason = new SkerryError('SKERRY_RPC_CANCELLED', 'the publisher shuts down');
    for (const call of this.calls) call.giveUp(reason);
    await this.empty(patienceMs);
    this.lifetime.abort(reason);
    this.renewal?.cancel();
  }

  private async attempt(entry: OutboxEntry, node: InboxNode): Promise<Flown> {
    const { outbox } = this.ground;
    const claim = await outbox.claim(entry);
    this.works();
    if (claim === 'gone') {
      this.tellExpired(entry);
      return { node: 'well', aftermath: { type: 'left' } };
    }
    if (claim !== 'claimed') {
      return { node: 'well', aftermath: { type: 'again', afterMs: Math.max(1, claim.heldForMs) } };
    }
    const body = await outbox.body(entry);
    if (!body) {
      this.tellExpired(entry);
      await this.persist(() => outbox.remove(entry));
      return { node: 'well', aftermath: { type: 'left' } };
    }
    const request: DeliverRequest = { to: node.id, attempt: entry.attempt, message: body.message };
    const { timeoutMs } = this.ground;
    const question = { endpoint: deliverEndpoint, request, read: readAnswer, timeoutMs };
    const call = new NodeCall(node.target, question, this.ground);
    this.calls.add(call);
    const end = await call.ended;
    this.calls.delete(call);
    if ('answer' in end) {
      entry.losses = 0;
      return this.settle(entry, body, end.answer);
    }
    if (end.started) entry.losses++;
    if (hopeless.includes(end.error.code) || entry.losses >= mostLosses) {
      return this.bury(entry, body, this.failureOf(end.error, entry, node), true, 'failed');
    }
    return this.giveBack(entry, end.started, 'failed');
  }

  private async settle(entry: OutboxEntry, body: BodyRecord, answer: Answer): Promise<Flown> {
    const { outbox } = this.ground;
    switch (answer.outcome) {
      case 'ack':
        await this.persist(() => outbox.remove(entry, body));
        return { node: 'well', aftermath: { type: 'left' } };
      case 'retry':
        await this.persist(() => outbox.putOff(entry, answer.delayMs, body));
        return { node: 'well', aftermath: { type: 'later', afterMs: answer.delayMs } };
      case 'dead-letter':
        return this.bury(entry, body, answer.failure, answer.keep, 'well');
      case 'release':
      case 'gone':
        // A broadcast's queue goes with its node.
        if (entry.record.node !== undefined) {
          await this.persist(() => outbox.remove(entry, body));
          return { node: 'well', aftermath: { type: 'left' } };
        }
        return answer.outcome === 'release'
          ? this.giveBack(entry, true, 'well')
          : this.giveBack(entry, false, 'failed');
      case 'busy':
        return this.giveBack(entry, false, 'busy');
    }
  }

  private async bury(
    entry: OutboxEntry,
    body: BodyRecord,
    failure: Failure,
    keep: boolean,
    node: NodeOutcome,
  ): Promise<Flown> {
    const { outbox, buried } = this.ground;
    const dead = keep ? { letter: outbox.letter(entry, body, failure) } : undefined;
    await this.persist(() => outbox.remove(entry, body, dead));
    if (keep) buried(entry.record.queue);
    return { node, aftermath: { type: 'left' } };
  }

  private async giveBack(entry: OutboxEntry, counted: boolean, node: NodeOutcome): Promise<Flown> {
    await this.persist(() => this.ground.outbox.release(entry, counted));
    return { node, aftermath: { type: 'again', afterMs: 0 } };
  }

  /** What was settled is settled: it is written down as soon as the store lets it. Rejects when this shuts down before. */
  private async persist(write: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        await write();
        this.works();
        return;
      } catch (error) {
        if (this.lifetime.signal.aborted) throw error;
        this.failed(error);
        await this.ground.clock.sleep(this.pauseMs(), this.lifetime.signal);
      }
    }
  }

  private keepLeases(): void {
    const { clock, outbox, leaseMs } = this.ground;
    this.renewal ??= clock.setTimer(
      leaseMs / 3,
      () => {
        this.renewal = undefined;
        // One that is lost all the same is delivered by somebody else as well; that is all that can come of it.
        for (const entry of this.entries) entry.renewing = outbox.renew(entry).catch(() => undefined);
        if (this.entries.size > 0) this.keepLeases();
      },
      true,
    );
  }

  private async empty(patienceMs: number): Promise<void> {
    if (this.entries.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = this.ground.clock.setTimer(patienceMs, resolve);
      this.landed = () => {
        timer.cancel();
        resolve();
      };
    });
    this.landed = undefined;
  }

  /** Only what nobody has said it of: others have settled what is gone for another reason. */
  private tellExpired({ expiresAt, record }: OutboxEntry): void {
    const { clock, events } = this.ground;
    if (record.expires || expiresAt - clock.now() >= 1) return;
    events({ type: 'inbox-dropped', queue: record.queue, messages: 1, why: 'expired' });
  }

  private failed(error: unknown): void {
    if (this.failures++ === 0) this.ground.events({ type: 'inbox-failing', error: SkerryError.from(error) });
  }

  private works(): void {
    if (this.failures > 0) this.ground.events({ type: 'inbox-recovered' });
    this.failures = 0;
  }

  private pauseMs(): number {
    return (
      Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(this.failures, 10)) * (0.5 + this.ground.clock.random() / 2)
    );
  }

  private failureOf({ code, message }: SkerryError, { attempt }: OutboxEntry, { id }: InboxNode): Failure {
    return { code, message, service: inboxService, node: id, attempt, failedAt: this.ground.clock.wallTime() };
  }
}
