import type { Clock } from '../clock/clock.js';
import { SkerryError } from '../errors/skerry-error.js';
import { never } from './abortable.js';
import { checkNodeRecord, checkServiceName } from './check-node-record.js';
import type { RegistryDriver } from './driver.js';
import { GuardedDriver } from './guarded-driver.js';
import type { NodeRecord } from './node-record.js';
import { Registration, type RegistrationOptions } from './registration.js';
import type { RegistryEvents } from './registry-events.js';
import { resolveRegistryOptions, type RegistryOptions } from './registry-options.js';
import { closed, ServiceView } from './service-view.js';
import { SharedWatches } from './shared-watches.js';
import type { Supervision } from './supervision.js';
import { WatchedService } from './watched-service.js';

/** A node as it describes itself: a record without what the registry decides. */
export type NodeDescription = Omit<NodeRecord, 'ttlMs' | 'epoch'>;

/**
 * Who runs where: nodes register here, and are found here by the name of their service. Holds everything that is common
 * to all engines, so that a driver only moves records; owns the driver it is given.
 */
export class Registry {
  private readonly options: Required<RegistryOptions>;
  private readonly guarded: GuardedDriver;
  private readonly watches: SharedWatches;
  private readonly events: RegistryEvents;
  private readonly supervision: Supervision;
  private readonly registrations = new Map<string, Registration>();
  private readonly watched = new Map<string, WatchedService>();
  private readonly running = new Set<Promise<void>>();
  private epoch = 0;
  private closing?: Promise<void>;

  /** @param events Told everything worth a line in a log. */
  constructor(
    private readonly driver: RegistryDriver,
    private readonly clock: Clock,
    options: RegistryOptions = {},
    events: RegistryEvents = () => undefined,
  ) {
    this.options = resolveRegistryOptions(options);
    this.events = (event) => {
      try {
        events(event);
      } catch {
        // Told in the middle of a loop that must go on.
      }
    };
    this.guarded = new GuardedDriver(driver, clock, this.options.deadlineMs, this.events);
    this.watches = new SharedWatches(this.guarded, clock, this.options.relistMs);
    this.supervision = {
      driver: this.guarded,
      watches: this.watches,
      clock,
      options: this.options,
      events: this.events,
      nextEpoch: (above) => (this.epoch = Math.max(this.epoch, above) + 1),
    };
  }

  /** The engine's name: `local`, `consul`. */
  get engine(): string {
    return this.driver.name;
  }

  /**
   * Registers a node and keeps it registered while it is admitted, whatever happens to the engine. Returns at once; the first
   * success is {@link Registration.ready}.
   *
   * Throws what no patience can help: `SKERRY_REGISTRY_NOT_WRITABLE`, `SKERRY_REGISTRY_RECORD_TOO_LARGE`,
   * `SKERRY_SERVICE_INVALID` for a malformed node or an id that is registered here already.
   */
  register(node: NodeDescription, options: RegistrationOptions = {}): Registration {
    const what = `register ${node.id}`;
    this.open(what);
    const { name, capabilities } = this.driver;
    if (!capabilities.writable) {
      const fix = 'name an engine that can be written to, or do not register';
      throw new SkerryError(
        'SKERRY_REGISTRY_NOT_WRITABLE',
        `cannot ${what}: the ${name} registry is filled by others; ${fix}`,
      );
    }
    const record = valid(what, () => checkNodeRecord({ ...node, ttlMs: this.options.ttlMs, epoch: 0 }));
    this.checkSize(record);
    if (this.registrations.has(record.id)) {
      throw new SkerryError(
        'SKERRY_SERVICE_INVALID',
        `cannot ${what}: it is registered; deregister it first, or give it another id`,
      );
    }
    const registration = new Registration(record, options, this.supervision);
    this.registrations.set(record.id, registration);
    void registration.ended.then(() => this.registrations.delete(record.id));
    return registration;
  }

  /**
   * The nodes of a service, kept up to date from now on until nobody has asked for a while. The first to ask starts the
   * one lookup that all share. Throws `SKERRY_SERVICE_INVALID` for a name that no service can have.
   */
  service(name: string): ServiceView {
    return new ServiceView(name, this.find(name), () => this.find(name), this.clock, this.events);
  }

  /** The nodes of a service, asked of the engine now. Prefer {@link service}, which costs nothing once it is loaded. */
  async lookup(name: string, signal: AbortSignal = never): Promise<readonly NodeRecord[]> {
    const what = `look up ${name}`;
    this.open(what);
    valid(what, () => checkServiceName(name));
    return Object.freeze(await this.guarded.lookup(name, signal));
  }

  /** The names of all services that have a live node, sorted, asked of the engine now. */
  async services(signal: AbortSignal = never): Promise<readonly string[]> {
    this.open('list services');
    return Object.freeze(await this.guarded.services(signal));
  }

  /**
   * Deregisters what is still registered, as far as the engine lets it within the deadline; ends all views, which keep
   * their last nodes; closes the driver. Harmless twice.
   */
  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    for (const service of this.watched.values()) service.close();
    const registrations = [...this.registrations.values()];
    await Promise.allSettled(registrations.map((registration) => registration.deregister()));
    await Promise.all([...registrations.map(({ ended }) => ended), ...this.running]);
    await this.watches.ended();
    await this.guarded.close();
  }

  private find(name: string): WatchedService {
    const known = this.watched.get(name);
    if (known?.state === 'live') return known;
    const what = `look up ${name}`;
    this.open(what);
    valid(what, () => checkServiceName(name));
    const service = new WatchedService(name, this.supervision);
    this.watched.set(name, service);
    const run = service.run().then(() => {
      this.running.delete(run);
      if (this.watched.get(name) === service) this.watched.delete(name);
    });
    this.running.add(run);
    return service;
  }

  private checkSize(record: NodeRecord): void {
    const { name } = this.driver;
    const limit = this.driver.capabilities.maxRecordBytes;
    // With the longest epoch that it can come to.
    const bytes = Buffer.byteLength(JSON.stringify({ ...record, epoch: Number.MAX_SAFE_INTEGER }));
    if (bytes <= limit) return;
    throw new SkerryError(
      'SKERRY_REGISTRY_RECORD_TOO_LARGE',
      `cannot register ${record.id}: its record is ${bytes} bytes, and the ${name} registry takes ${limit}; ` +
        'shorten its metadata or the schemas of its endpoints',
      { details: { bytes, limit } },
    );
  }

  private open(what: string): void {
    if (this.closing) throw closed(what);
  }
}

function valid<T>(what: string, check: () => T): T {
  try {
    return check();
  } catch (cause) {
    throw new SkerryError('SKERRY_SERVICE_INVALID', `cannot ${what}: ${(cause as Error).message}`, { cause });
  }
}
