import type { SkerryError } from '../errors/skerry-error.js';
import { DeliveryProcessor, type DeliveryHandler, type SubscriptionGround } from './delivery-processor.js';
import type { BrokerDriver, DriverDelivery, DriverSubscription } from './driver.js';
import { Lanes } from './lanes.js';
import type { SubscriptionPlan } from './subscription-plan.js';

/** What became of the deliveries of a subscription so far. */
export interface SubscriptionStats {
  readonly topic: string;
  readonly queue: string;
  /** Being handled now. */
  readonly inFlight: number;
  readonly handled: number;
  /** Deliveries that were not the first of their message: retries, and what came again when a process or a connection was lost. */
  readonly redelivered: number;
  /** Skipped, because they had been handled before. */
  readonly duplicates: number;
  readonly retried: number;
  readonly deadLettered: number;
  /** How old the message was that was handled last, from its publishing, in ms; by two wall clocks. */
  readonly lastAgeMs: number | undefined;
  /** Why the engine does not deliver at present, or why nothing that it delivers can be handled. */
  readonly failure: SkerryError | undefined;
}

const firstPauseMs = 100;
const longestPauseMs = 10_000;

/**
 * One subscription that is kept up, whatever happens to the engine: its deliveries are handled in their lanes, and settled by
 * what comes of that. Nothing is acknowledged before it was handled.
 */
export class Subscription {
  private readonly lanes: Lanes<DriverDelivery>;
  private readonly lifetime = new AbortController();
  private driverSubscription: DriverSubscription | undefined;
  private supervision: Promise<void> | undefined;
  private wake: (() => void) | undefined;
  private lose: ((error: unknown) => void) | undefined;
  /** Of the driver's subscriptions; changes as well when one is lost. */
  private generation = 0;
  /** Which {@link generation} a delivery came from. */
  private readonly origins = new WeakMap<DriverDelivery, number>();
  private failure: SkerryError | undefined;
  private readonly processor: DeliveryProcessor;

  constructor(
    readonly plan: SubscriptionPlan,
    handler: DeliveryHandler,
    private readonly ground: SubscriptionGround,
  ) {
    const held = (delivery: DriverDelivery): boolean => this.origins.get(delivery) === this.generation;
    this.processor = new DeliveryProcessor(plan, handler, ground, this.lifetime.signal, held, (delivery, error) =>
      this.giveBack(delivery, error),
    );
    this.lanes = new Lanes(plan.concurrency, (delivery, handled) => this.processor.process(delivery, handled));
  }

  get stats(): SubscriptionStats {
    const { topic, queue } = this.plan;
    const { counts, lastAgeMs } = this.processor;
    return {
      topic,
      queue,
      inFlight: this.lanes.inFlight,
      ...counts,
      lastAgeMs,
      failure: this.failure ?? this.processor.failure,
    };
  }

  /** Messages that wait in its queue, where the engine knows. */
  async waiting(): Promise<number | undefined> {
    const subscription = this.driverSubscription;
    if (!subscription?.waiting) return undefined;
    return this.ground.guarded.call(`count what waits in ${this.plan.queue}`, (_driver, signal) =>
      subscription.waiting!(signal),
    );
  }

  /** Begins. Resolves when the engine has confirmed the subscription for the first time; rejects when it cannot ever. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.supervision = this.supervise(resolve, reject);
    });
  }

  /**
   * Fetches no more and lets what is being handled finish, for at most `timeoutMs`; then it goes back to its queue.
   * Gives the number of those that were not waited for.
   */
  async stop(timeoutMs: number): Promise<number> {
    const { clock, guarded } = this.ground;
    this.lifetime.abort(new Error('the subscription is stopped'));
    this.wake?.();
    this.lose?.(undefined);
    await this.supervision;
    const subscription = this.driverSubscription;
    // What cannot be told to the engine any more is redelivered, which is what it would have been told.
    if (subscription) await guarded.call(`pause ${this.plan.queue}`, () => subscription.pause()).catch(() => undefined);
    let cut = 0;
    const idle = this.lanes.stop();
    let timer: { cancel(): void } | undefined;
    const late = new Promise<void>((resolve) => {
      timer = clock.setTimer(timeoutMs, () => {
        cut = this.lanes.inFlight;
        resolve();
      });
    });
    await Promise.race([idle, late]);
    timer?.cancel();
    if (subscription) await guarded.call(`leave ${this.plan.queue}`, () => subscription.close()).catch(() => undefined);
    return cut;
  }

  private get over(): boolean {
    return this.lifetime.signal.aborted;
  }

  private async supervise(ready: () => void, refused: (error: SkerryError) => void): Promise<void> {
    const { clock, events } = this.ground;
    const { topic, queue } = this.plan;
    let failures = 0;
    let since = clock.now();
    while (!this.over) {
      try {
        const { lost } = await this.begin();
        events({ type: 'subscribed', topic, queue, tookMs: clock.now() - since });
        this.failure = undefined;
        failures = 0;
        ready();
        const error = await lost;
        if (this.over) return;
        since = clock.now();
        this.failed(error, failures);
      } catch (error) {
        if (this.over) break;
        this.failed(error, failures);
        const { failure } = this;
        if (failure && !failure.retryable) refused(failure);
      }
      failures++;
      await this.pause(Math.min(longestPauseMs, firstPauseMs * 2 ** failures) * (0.5 + clock.random() / 2));
    }
    // Nobody waits for a subscription that was stopped before it had begun.
    ready();
  }

  /** Gives, once the subscription is there, a promise of what it is lost by. */
  private async begin(): Promise<{ lost: Promise<unknown> }> {
    const { topic, queue, broadcast, prefetch, ordered, deadLetter, from } = this.plan;
    const request = { topic, queue, broadcast, prefetch, ordered, deadLetter, from };
    const lost = new Promise<unknown>((resolve) => (this.lose = resolve));
    const { lose } = this;
    // One that answers too late is not the one that counts, and what it delivers is nobody's.
    const own = ++this.generation;
    const sink = {
      delivered: (delivery: DriverDelivery) => {
        if (own !== this.generation) return;
        this.origins.set(delivery, own);
        this.lanes.add(delivery, this.laneOf(delivery));
      },
      lost: (error: unknown) => lose?.(error),
    };
    const subscribe = async (driver: BrokerDriver, signal: AbortSignal): Promise<DriverSubscription> => {
      const subscription = await driver.subscribe(request, sink, signal);
      if (signal.aborted) void subscription.close().catch(() => undefined);
      return subscription;
    };
    const what = `subscribe ${queue} to ${topic}`;
    this.driverSubscription = await this.ground.guarded.call(what, subscribe, undefined, this.lifetime.signal);
    return { lost };
  }

  /**
   * The engine was not told what became of a delivery, and would wait for that for as long as the subscription lives. So it ends, and
   * begins anew: what is unsettled goes back to its queue, and comes again.
   */
  private giveBack(delivery: DriverDelivery, error: SkerryError): void {
    const subscription = this.driverSubscription;
    if (this.over || !subscription || this.origins.get(delivery) !== this.generation) return;
    this.driverSubscription = undefined;
    void this.ground.guarded.call(`leave ${this.plan.queue}`, () => subscription.close()).catch(() => undefined);
    this.lose?.(error);
  }

  private laneOf({ message }: DriverDelivery): string | undefined {
    return this.plan.ordered ? message.key : undefined;
  }

  private failed(error: unknown, failures: number): void {
    const { guarded, events } = this.ground;
    const { topic, queue } = this.plan;
    this.failure = guarded.unavailable(`subscribe ${queue} to ${topic}`, error);
    this.driverSubscription = undefined;
    // They are delivered again, to whoever subscribes: nobody could settle these.
    this.generation++;
    this.lanes.forgetWaiting();
    if (failures === 0) events({ type: 'subscription-failing', topic, queue, error: this.failure });
  }

  private pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.ground.clock.setTimer(delayMs, resolve, true);
      this.wake = () => {
        timer.cancel();
        resolve();
      };
    });
  }
}
