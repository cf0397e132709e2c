import { SkerryError } from '../errors/skerry-error.js';
import type { DedupeLease, DedupeLog } from './dedupe.js';
import type { SubscriptionGround } from './delivery-processor.js';
import type { DriverDelivery } from './driver.js';
import type { SubscriptionPlan } from './subscription-plan.js';

// How often it is looked whether another instance has finished a message, and tried to record that this one has.
const leasePollMs = 500;
// While the log cannot be asked, each message that waits asks less and less often, down to this.
const longestPauseMs = 4_000;

/** Which messages of one subscription are to be handled, as far as its log knows: each once. */
export class Deduplication {
  /** Why nothing can be handled at present: it cannot be told what was. */
  failure: SkerryError | undefined;
  private failingSince = 0;

  /**
   * @param stopped Aborted when the subscription ends.
   * @param givenUp Whether a delivery is to be left as it is.
   */
  constructor(
    private readonly plan: SubscriptionPlan,
    private readonly ground: SubscriptionGround,
    private readonly stopped: AbortSignal,
    private readonly givenUp: (delivery: DriverDelivery) => boolean,
  ) {}

  /** Asked first: most subscriptions do not deduplicate, and then nothing is waited for. */
  get wanted(): boolean {
    return this.plan.dedupe !== undefined && this.ground.dedupe !== undefined;
  }

  /**
   * The lease of a message that is to be handled, nothing where nobody deduplicates; `handled` when the queue has done that. Waits
   * while somebody else is at it: that may yet fail. Waits as well while the log cannot be asked: nothing was tried, so that is no
   * attempt, and a message does not become a dead letter that no handler has seen. Rejects with `SKERRY_APP_STATE` when the delivery
   * is given up meanwhile.
   */
  async begin(delivery: DriverDelivery): Promise<DedupeLease | 'handled' | undefined> {
    const { id } = delivery.message;
    let failures = 0;
    for (;;) {
      try {
        const state = await this.ask(`tell whether ${id} is new`, (log, { leaseMs }, signal) =>
          log.begin(this.plan.queue, id, leaseMs, signal),
        );
        this.works();
        if (state !== 'running') return state;
        failures = 0;
      } catch (error) {
        this.fails(SkerryError.from(error));
        failures++;
      }
      await this.pause(Math.min(longestPauseMs, leasePollMs * 2 ** Math.max(0, failures - 1)));
      if (this.givenUp(delivery))
        throw new SkerryError('SKERRY_APP_STATE', 'the subscription was stopped, or lost, while it waited');
    }
  }

  /**
   * It was handled, and a log that cannot be reached is no reason to do that again: it is told until the lease is over, or the
   * subscription. Never rejects.
   *
   * @param begunAt When it was begun, which is when its lease began, at the latest.
   */
  async handled(id: string, begunAt: number): Promise<void> {
    const { clock, events } = this.ground;
    const until = begunAt + (this.plan.dedupe?.leaseMs ?? 0);
    for (;;) {
      try {
        await this.ask(`remember ${id}`, (log, { windowMs }, signal) =>
          log.done(this.plan.queue, id, windowMs, signal),
        );
        return;
      } catch (cause) {
        if (this.stopped.aborted || clock.now() >= until) {
          events({ type: 'settling-failed', queue: this.plan.queue, id, error: SkerryError.from(cause) });
          return;
        }
      }
      await this.pause(leasePollMs);
    }
  }

  /** It was not handled. A lease that cannot be given back ends by itself. Never rejects. */
  async failed(id: string, lease: DedupeLease): Promise<void> {
    await this.ask(`forget ${id}`, (log, _plan, signal) => log.failed(this.plan.queue, id, lease, signal)).catch(
      () => undefined,
    );
  }

  private async ask<T>(
    what: string,
    operation: (log: DedupeLog, plan: { windowMs: number; leaseMs: number }, signal: AbortSignal) => Promise<T>,
  ): Promise<T | undefined> {
    const { dedupe, guarded } = this.ground;
    const { dedupe: plan } = this.plan;
    if (!dedupe || !plan) return undefined;
    return guarded.call(what, (_driver, signal) => operation(dedupe, plan, signal));
  }

  private async pause(ms: number): Promise<void> {
    await this.ground.clock.sleep(ms, this.stopped).catch(() => undefined);
  }

  private fails(error: SkerryError): void {
    const { events, clock } = this.ground;
    const first = !this.failure;
    this.failure = error;
    if (!first) return;
    this.failingSince = clock.now();
    events({ type: 'dedupe-failing', queue: this.plan.queue, error });
  }

  private works(): void {
    if (!this.failure) return;
    this.failure = undefined;
    const { events, clock } = this.ground;
    events({ type: 'dedupe-recovered', queue: this.plan.queue, tookMs: clock.now() - this.failingSince });
  }
}
