import { SkerryError, type ErrorOrigin } from '../errors/skerry-error.js';
import type { Clock } from '../clock/clock.js';
import type { BrokerEvents } from './broker-events.js';
import type { DedupeLease, DedupeLog } from './dedupe.js';
import { Deduplication } from './deduplication.js';
import { Delivery } from './delivery.js';
import type { DriverDelivery, Failure } from './driver.js';
import type { GuardedBroker } from './guarded-driver.js';
import { backoffMs } from './retry-policy.js';
import type { SubscriptionPlan } from './subscription-plan.js';

/** What runs for each delivery. What it rejects with is a failure. */
export type DeliveryHandler = (delivery: Delivery) => Promise<void>;

/** What a subscription needs of its broker. */
export interface SubscriptionGround {
  readonly guarded: GuardedBroker;
  readonly clock: Clock;
  readonly self: ErrorOrigin;
  readonly dedupe: DedupeLog | undefined;
  readonly events: BrokerEvents;
}

/** Handles the deliveries of one subscription, and tells the engine what came of each: nothing is acknowledged before. */
export class DeliveryProcessor {
  readonly counts = { handled: 0, redelivered: 0, duplicates: 0, retried: 0, deadLettered: 0 };
  /** How old the message was that was handled last, in ms; by two wall clocks. */
  lastAgeMs: number | undefined;
  private readonly dedupe: Deduplication;

  /**
   * @param stopped   Aborted when the subscription ends: what waits to be tried again is left as it is.
   * @param held      Whether a delivery is still in the hands of the subscription: what is not is delivered again, to whoever it may be.
   * @param unsettled Called with a delivery that the engine could not be told about, and that is in nobody's hands now.
   */
  constructor(
    private readonly plan: SubscriptionPlan,
    private readonly handler: DeliveryHandler,
    private readonly ground: SubscriptionGround,
    private readonly stopped: AbortSignal,
    private readonly held: (delivery: DriverDelivery) => boolean,
    private readonly unsettled: (delivery: DriverDelivery, error: SkerryError) => void,
  ) {
    this.dedupe = new Deduplication(plan, ground, stopped, (delivery) => this.givenUp(delivery));
  }

  /** Why nothing can be handled at present. */
  get failure(): SkerryError | undefined {
    return this.dedupe.failure;
  }

  /**
   * Handles the delivery and settles it. Never rejects.
   *
   * @param handled Called when it was handled, and only the engine is yet to be told: that may take a while, in which others can
   *   be handled. How many are unsettled is bounded by the prefetch.
   */
  async process(delivery: DriverDelivery, handled: () => void): Promise<void> {
    const { plan, ground } = this;
    let { attempt } = delivery;
    if (attempt > 1) this.counts.redelivered++;
    for (;;) {
      const outcome = await this.handle(delivery, attempt);
      if (outcome === undefined) {
        handled();
        await this.settle(delivery, 'ack', (signal) => delivery.ack(signal));
        return;
      }
      // Nothing was tried: it goes back as it is.
      if (this.givenUp(delivery) && SkerryError.is(outcome.error) && outcome.error.code === 'SKERRY_APP_STATE') return;
      const { error, delayMs, final } = outcome;
      const failure = this.failureOf(error, attempt);
      const facts = { topic: delivery.message.topic, queue: plan.queue, id: delivery.message.id, failure, error };
      if (final || attempt >= plan.attempts) {
        this.counts.deadLettered++;
        ground.events({ type: 'dead-lettered', kept: plan.deadLetter, ...facts });
        await this.settle(delivery, 'dead-letter', (signal) => delivery.deadLetter(failure, signal));
        return;
      }
      const waitMs = delayMs ?? backoffMs(plan.backoff, attempt, ground.clock.random());
      this.counts.retried++;
      ground.events({ type: 'delivery-failed', delayMs: waitMs, ...facts });
      if (!plan.ordered) {
        await this.settle(delivery, 'retry', (signal) => delivery.retry(waitMs, failure, signal));
        return;
      }
      // What comes after it has to wait: it keeps its lane, and its place in the queue.
      await this.pauseInLane(waitMs);
      // Somebody else may have it by now, and be past it: to begin once more would be out of order.
      if (this.givenUp(delivery)) return;
      attempt++;
      this.counts.redelivered++;
    }
  }

  /** @returns what went wrong; nothing when it was handled. */
  private async handle(
    given: DriverDelivery,
    attempt: number,
  ): Promise<{ error: unknown; delayMs?: number | undefined; final?: boolean } | undefined> {
    const { plan, ground, counts, dedupe } = this;
    const { message } = given;
    const delivery = new Delivery(message, plan.queue, attempt);
    let lease: DedupeLease | undefined;
    try {
      const begun = dedupe.wanted ? await dedupe.begin(given) : undefined;
      if (begun === 'handled') {
        counts.duplicates++;
        return undefined;
      }
      lease = begun;
      const begunAt = ground.clock.now();
      await this.handler(delivery);
      if (delivery.nacked) throw nacked(delivery);
      if (dedupe.wanted) await dedupe.handled(message.id, begunAt);
      counts.handled++;
      this.lastAgeMs = Math.max(0, ground.clock.wallTime() - message.publishedAt);
      return undefined;
    } catch (error) {
      // Another's is left alone.
      if (lease) await dedupe.failed(message.id, lease);
      return { error, delayMs: delivery.nacked?.delayMs, final: isFinal(error) };
    }
  }

  private async settle(
    delivery: DriverDelivery,
    what: string,
    operation: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const { guarded, events } = this.ground;
    const { id } = delivery.message;
    try {
      await guarded.call(`${what} ${id}`, (_driver, signal) => operation(signal));
    } catch (cause) {
      const error = SkerryError.from(cause);
      events({ type: 'settling-failed', queue: this.plan.queue, id, error });
      this.unsettled(delivery, error);
    }
  }

  private givenUp(delivery: DriverDelivery): boolean {
    return this.stopped.aborted || !this.held(delivery);
  }

  private async pauseInLane(delayMs: number): Promise<void> {
    await this.ground.clock.sleep(delayMs, this.stopped).catch(() => undefined);
  }

  private failureOf(error: unknown, attempt: number): Failure {
    const { self, clock } = this.ground;
    const shown = SkerryError.is(error);
    const { service, node } = self;
    return {
      code: shown ? error.code : 'SKERRY_RPC_INTERNAL',
      // What was not meant to be seen stays in the log of this node.
      message: shown ? error.message : `${service} failed unexpectedly; look into the log of node ${node}`,
      ...{ service, node, attempt, failedAt: clock.wallTime() },
    };
  }
}

/** Trying again would end the same way: what cannot be read, or breaks the rules of its class, or was rejected. */
function isFinal(error: unknown): boolean {
  if (!SkerryError.is(error)) return false;
  return ['SKERRY_BROKER_REJECTED', 'SKERRY_VALIDATION_FAILED', 'SKERRY_CODEC_DECODE_FAILED'].includes(error.code);
}

function nacked({ queue }: Delivery): SkerryError {
  return new SkerryError('SKERRY_BROKER_NACKED', `the subscriber of ${queue} asked for another delivery`);
}
