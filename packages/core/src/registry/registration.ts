import type { Clock } from '../clock/clock.js';
import { SkerryError } from '../errors/skerry-error.js';
import { abortable, never } from './abortable.js';
import { Backoff } from './backoff.js';
import { checkNodeRecord } from './check-node-record.js';
import type { GuardedDriver } from './guarded-driver.js';
import type { NodeRecord } from './node-record.js';
import { Pacer } from './pacer.js';
import type { RegistryEvents } from './registry-events.js';
import type { RegistryOptions } from './registry-options.js';

/**
 * - `registering`: the engine does not show the node yet, or lost it.
 * - `registered`: the engine showed it when it was last asked.
 * - `failing`: the engine cannot be asked, or refuses; it is tried until it works.
 * - `gone`: deregistered, for good.
 */
export type RegistrationState = 'registering' | 'registered' | 'failing' | 'gone';

/** How soon a lookup is repeated that does not show yet what was registered. */
const readBackMs = 100;

/**
 * Keeps one node registered until {@link deregister}. A loop that compares and repairs: look the node up, register it
 * where it is missing, refresh it where it is there; every interval, and sooner while that fails. So it does not matter
 * how a record was lost. Comes from {@link Registry.register}.
 */
export class Registration {
  /**
   * Resolves when a lookup shows the node for the first time. Rejects when trying again cannot help (it is tried all
   * the same), and with `SKERRY_APP_STATE` when it is deregistered before.
   */
  readonly ready: Promise<void>;
  /** Resolves after {@link deregister}, however it went, when nothing of this registration is on its way any more. */
  readonly ended: Promise<void>;
  private readonly supervision: Promise<void>;
  private readonly lifetime = new AbortController();
  private readonly pacer: Pacer;
  private readonly backoff: Backoff;
  private current: RegistrationState = 'registering';
  private unsettledSince: number;
  /** The engine has shown the record as it is now. */
  private shown = false;
  private written = false;
  private finish!: () => void;
  private becomeReady!: () => void;
  private refuseReady!: (error: SkerryError) => void;
  private ending?: Promise<void>;

  /**
   * @param record    With epoch 0: it gets one whenever it is registered.
   * @param nextEpoch An epoch above the one given and above all that it gave before.
   */
  constructor(
    private record: NodeRecord,
    private readonly nextEpoch: (above: number) => number,
    private readonly driver: GuardedDriver,
    private readonly clock: Clock,
    private readonly options: Required<RegistryOptions>,
    private readonly events: RegistryEvents,
  ) {
    this.unsettledSince = clock.now();
    this.pacer = new Pacer(clock);
    this.backoff = new Backoff(clock, options.intervalMs);
    this.ready = new Promise((resolve, reject) => {
      this.becomeReady = resolve;
      this.refuseReady = reject;
    });
    this.ended = new Promise((resolve) => (this.finish = resolve));
    // Whoever waits for it is told; nobody has to.
    this.ready.catch(() => undefined);
    this.supervision = this.supervise();
  }

  get state(): RegistrationState {
    return this.current;
  }

  /** As it was registered last. */
  get node(): NodeRecord {
    return this.record;
  }

  /**
   * Ends the supervision and removes the record. Waits for a registration that is on its way, so that nothing is
   * written afterwards. When it rejects, the record stays until its TTL is over. Harmless twice.
   */
  deregister(signal: AbortSignal = never): Promise<void> {
    this.ending ??= this.end(signal);
    return this.ending;
  }

  private async end(signal: AbortSignal): Promise<void> {
    this.current = 'gone';
    const reason = new SkerryError('SKERRY_APP_STATE', `${this.record.id} was deregistered before a lookup showed it`);
    this.refuseReady(reason);
    this.lifetime.abort(reason);
    this.pacer.wake();
    try {
      await abortable(this.supervision, signal);
      if (!this.written) return;
      await this.driver.deregister(this.record, signal);
      this.events({ type: 'deregistered', node: this.record });
    } catch (error) {
      const wrapped = this.driver.unavailable(`deregister ${this.record.id}`, error);
      this.events({ type: 'deregistration-failed', node: this.record, error: wrapped });
      throw error;
    } finally {
      void this.supervision.then(this.finish);
    }
  }

  private async supervise(): Promise<void> {
    while (!this.over) {
      const pauseMs = await this.attempt();
      await this.pacer.rest(pauseMs);
    }
  }

  private get over(): boolean {
    return this.lifetime.signal.aborted;
  }

  /** @returns how long to wait before the next. */
  private async attempt(): Promise<number> {
    try {
      await this.reconcile();
      this.backoff.reset();
      if (!this.over) this.succeeded();
      return this.options.intervalMs * (1 - this.clock.random() / 10);
    } catch (error) {
      if (!this.over) this.failed(this.driver.unavailable(`register ${this.record.id}`, error));
      return this.backoff.nextMs();
    }
  }

  private async reconcile(): Promise<void> {
    const { epoch } = this.record;
    const found = await this.find();
    // A lower epoch than the one that was shown before is an old answer, of a replica that lags.
    const present = found !== undefined && (found.epoch === epoch || (this.shown && found.epoch < epoch));
    if (!present) this.renew(found?.epoch);
    if (this.over) return;
    this.written = true;
    // Not ended by deregister(): what is on its way when it is given up might arrive after the removal.
    await this.driver.register(this.record, never);
    if (!present) await this.readBack();
    this.shown = true;
  }

  private renew(foundEpoch?: number): void {
    if (this.shown) {
      const found = foundEpoch === undefined ? {} : { foundEpoch };
      this.events({ type: 'registration-lost', node: this.record, ...found });
      if (this.current === 'registered') this.settle('registering');
      this.shown = false;
    }
    const epoch = this.nextEpoch(Math.max(foundEpoch ?? 0, this.record.epoch));
    this.record = checkNodeRecord({ ...this.record, epoch });
  }

  private async readBack(): Promise<void> {
    const giveUpAt = this.clock.now() + this.options.deadlineMs;
    while (!this.over) {
      const found = await this.find();
      if (found && found.epoch >= this.record.epoch) return;
      if (this.clock.now() >= giveUpAt) {
        const late = new Error(`it was accepted, but no lookup shows it within ${this.options.deadlineMs} ms`);
        throw this.driver.unavailable(`register ${this.record.id}`, late);
      }
      await this.pacer.rest(readBackMs);
    }
  }

  private async find(): Promise<NodeRecord | undefined> {
    const { service, id } = this.record;
    const nodes = await this.driver.lookup(service, this.lifetime.signal);
    return nodes.find((node) => node.id === id);
  }

  private succeeded(): void {
    if (this.current === 'registered') return;
    const tookMs = this.clock.now() - this.unsettledSince;
    this.settle('registered');
    this.events({ type: 'registered', node: this.record, tookMs });
    this.becomeReady();
  }

  private failed(error: SkerryError): void {
    if (!error.retryable) this.refuseReady(error);
    if (this.current === 'failing') return;
    this.settle('failing');
    this.events({ type: 'registration-failing', node: this.record, error });
  }

  private settle(state: RegistrationState): void {
    if (this.current === 'registered') this.unsettledSince = this.clock.now();
    this.current = state;
  }
}
