import { SkerryError } from '../errors/skerry-error.js';
import { abortable, never } from './abortable.js';
import { Backoff } from './backoff.js';
import type { NodeRecord } from './node-record.js';
import { Pacer } from './pacer.js';
import { RecordWatch } from './record-watch.js';
import { RegisteredRecord } from './registered-record.js';
import type { RegistrationState } from './registration-state.js';
import type { Supervision } from './supervision.js';

export interface RegistrationOptions {
  /** Whether the node may be found from the start; otherwise it waits for {@link Registration.admit}. Default `true`. */
  readonly admitted?: boolean;
  /** Why it may not, for the event that tells so. */
  readonly reason?: string;
}

/**
 * Keeps one node registered while it is admitted, until {@link deregister}. A loop that compares and repairs: look the node
 * up, register it where it is missing, refresh it where it is there, remove it where it shall not be; every interval, at once
 * when the admission changes, soon when a watch tells that the node is missing, and sooner while that fails. So it does not
 * matter how a record was lost. Comes from {@link Registry.register}.
 */
export class Registration {
  /**
   * Resolves when it is `ready` for the first time. Rejects when trying again cannot help (it is tried all the same), and
   * with `SKERRY_APP_STATE` when it is deregistered before.
   */
  readonly ready: Promise<void>;
  /** Resolves after {@link deregister}, however it went, when nothing of this registration is on its way any more. */
  readonly ended: Promise<void>;
  private readonly loop: Promise<void>;
  private readonly lifetime = new AbortController();
  private readonly record: RegisteredRecord;
  private readonly pacer: Pacer;
  private readonly backoff: Backoff;
  private readonly watch: RecordWatch;
  private admitted: boolean;
  private current: RegistrationState = 'registering';
  private error?: SkerryError;
  private unsettledSince: number;
  private finish!: () => void;
  private becomeReady!: () => void;
  private refuseReady!: (error: SkerryError) => void;
  private ending?: Promise<void>;

  /** @param record With epoch 0: it gets one whenever it is registered. */
  constructor(
    record: NodeRecord,
    { admitted = true, reason = 'it is not admitted yet' }: RegistrationOptions,
    private readonly supervision: Supervision,
  ) {
    const { clock, options, events } = supervision;
    this.admitted = admitted;
    this.unsettledSince = clock.now();
    this.pacer = new Pacer(clock);
    this.backoff = new Backoff(clock, options.intervalMs);
    this.record = new RegisteredRecord(record, {
      ...supervision,
      pacer: this.pacer,
      signal: this.lifetime.signal,
      lost: (node, foundEpoch) => this.lost(node, foundEpoch),
    });
    this.ready = new Promise((resolve, reject) => {
      this.becomeReady = resolve;
      this.refuseReady = reject;
    });
    this.ended = new Promise((resolve) => (this.finish = resolve));
    // Whoever waits for it is told; nobody has to.
    this.ready.catch(() => undefined);
    if (!admitted) events({ type: 'registration-withheld', node: record, reason });
    this.watch = new RecordWatch(record.service, supervision, this.expected, () => this.pacer.wake());
    this.loop = this.supervise();
  }

  get state(): RegistrationState {
    return this.current;
  }

  /** Why the engine cannot be asked at present, or refuses; it is tried until it works. */
  get failure(): SkerryError | undefined {
    return this.error;
  }

  /** As it was registered last; with epoch 0 before it was for the first time. */
  get node(): NodeRecord {
    return this.record.node;
  }

  /**
   * Opens and closes the gate: a node that is not admitted is removed from the engine at once, so that its callers learn it,
   * and registered again, under a higher epoch, when it is. Without effect when nothing changes, and after
   * {@link deregister}.
   *
   * @param reason Why it is not ready, for the event that tells so.
   */
  admit(ready: boolean, reason = 'it is not ready'): void {
    if (this.over || ready === this.admitted) return;
    const { clock, events } = this.supervision;
    const { node } = this.record;
    this.admitted = ready;
    this.unsettledSince = clock.now();
    if (ready) events({ type: 'registration-admitted', node });
    else events({ type: 'registration-withheld', node, reason });
    this.move('registering');
    this.pacer.wake();
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
    const { events, driver } = this.supervision;
    const reason = new SkerryError('SKERRY_APP_STATE', `${this.node.id} was deregistered before a lookup showed it`);
    this.refuseReady(reason);
    this.lifetime.abort(reason);
    this.move('draining');
    this.watch.end();
    this.pacer.wake();
    try {
      await abortable(this.loop, signal);
      if (!this.record.written) return;
      await this.record.remove(signal);
      events({ type: 'deregistered', node: this.node });
    } catch (error) {
      const wrapped = driver.unavailable(`deregister ${this.node.id}`, error);
      events({ type: 'deregistration-failed', node: this.node, error: wrapped });
      throw error;
    } finally {
      this.move('gone');
      void this.loop.then(this.finish);
    }
  }

  private async supervise(): Promise<void> {
    while (!this.over) {
      const { admitted } = this;
      const pauseMs = await this.attempt();
      // A change that came meanwhile may have ended a rest of the attempt, and is not to wait for the next.
      if (admitted === this.admitted) await this.pacer.rest(pauseMs);
    }
  }

  private get over(): boolean {
    return this.lifetime.signal.aborted;
  }

  private readonly wanted = (): boolean => this.admitted && !this.over;

  /** What reports should show: before it is ready, the loop itself waits for the engine to show it. */
  private readonly expected = (): NodeRecord | undefined => (this.current === 'ready' ? this.node : undefined);

  /** @returns how long to wait before the next. */
  private async attempt(): Promise<number> {
    const { driver, clock, options } = this.supervision;
    const what = this.admitted ? 'register' : 'deregister';
    try {
      if (this.admitted) await this.register();
      else await this.withhold();
      this.backoff.reset();
      return options.intervalMs * (1 - clock.random() / 10);
    } catch (error) {
      if (!this.over) this.failed(driver.unavailable(`${what} ${this.node.id}`, error));
      return this.backoff.nextMs();
    }
  }

  private async register(): Promise<void> {
    const kept = await this.record.keep(this.wanted);
    if (!kept || !this.wanted()) return;
    const news = this.current !== 'ready' || this.error;
    delete this.error;
    if (!news) return;
    const { clock, events } = this.supervision;
    const tookMs = clock.now() - this.unsettledSince;
    if (this.current === 'registering') this.move('verified');
    events({ type: 'registered', node: this.node, tookMs });
    // Whoever was told may have closed the gate.
    if (!this.wanted()) return;
    this.move('ready');
    this.becomeReady();
  }

  private async withhold(): Promise<void> {
    const removed = await this.record.withhold();
    delete this.error;
    if (removed) this.supervision.events({ type: 'deregistered', node: this.node });
  }

  private lost(node: NodeRecord, foundEpoch?: number): void {
    const found = foundEpoch === undefined ? {} : { foundEpoch };
    this.supervision.events({ type: 'registration-lost', node, ...found });
    // While the engine fails nobody knew, and it has been unsettled for longer.
    if (!this.error) this.unsettledSince = this.supervision.clock.now();
    this.move('registering');
  }

  private failed(error: SkerryError): void {
    if (!error.retryable) this.refuseReady(error);
    const first = !this.error;
    this.error = error;
    if (!first) return;
    if (this.current === 'ready') this.unsettledSince = this.supervision.clock.now();
    this.supervision.events({ type: 'registration-failing', node: this.node, error });
  }

  private move(to: RegistrationState): void {
    const from = this.current;
    if (from === to) return;
    this.current = to;
    this.supervision.events({ type: 'registration-changed', node: this.node, from, to });
  }
}
