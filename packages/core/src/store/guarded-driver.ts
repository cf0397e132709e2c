import type { Clock } from '../clock/clock.js';
import { within } from '../clock/within.js';
import { SkerryError } from '../errors/skerry-error.js';
import type { StoreCapabilities, StoreDriver, StoredChange } from './driver.js';

/** The driver with what every call of it needs: a deadline, and errors of one kind. Shared by all namespaces of a store. */
export class GuardedStoreDriver {
  private closing?: Promise<void>;

  constructor(
    private readonly driver: StoreDriver,
    readonly clock: Clock,
    /** For each call, in ms. */
    readonly deadlineMs: number,
  ) {}

  get name(): string {
    return this.driver.name;
  }

  get capabilities(): StoreCapabilities {
    return this.driver.capabilities;
  }

  /** Whether {@link close} was called. */
  get closed(): boolean {
    return this.closing !== undefined;
  }

  /** Asks for something that changes nothing. @param what For messages: `get orders/7`. */
  read<T>(what: string, signal: AbortSignal | undefined, ask: Ask<T>): Promise<T> {
    return this.call(what, '', signal, ask);
  }

  /** As {@link read}, for what may have happened although no answer came. */
  write<T>(what: string, signal: AbortSignal | undefined, ask: Ask<T>): Promise<T> {
    return this.call(what, '; whether it happened is not known', signal, ask);
  }

  /** Without a deadline: it lasts. */
  async watch(prefix: string, changed: (changes: readonly StoredChange[]) => void, signal: AbortSignal): Promise<void> {
    try {
      await this.driver.watch(prefix, changed, signal);
    } catch (cause) {
      throw this.unavailable(`watch ${prefix || 'all keys'}`, '', cause);
    }
  }

  close(): Promise<void> {
    this.closing ??= this.call('close the connection', '', undefined, (driver) => driver.close());
    return this.closing;
  }

  /** Throws `SKERRY_STORE_UNSUPPORTED` when the engine cannot do what is named. */
  need(what: string, able: boolean): void {
    if (able) return;
    throw new SkerryError(
      'SKERRY_STORE_UNSUPPORTED',
      `cannot ${what}: the ${this.name} store has no way to; name an engine that has, or do without`,
      { details: { engine: this.name } },
    );
  }

  private async call<T>(what: string, doubt: string, signal: AbortSignal | undefined, ask: Ask<T>): Promise<T> {
    const late = (): Error => new Error(`no answer within ${this.deadlineMs} ms`);
    try {
      return await within(this.clock, this.deadlineMs, (limit) => ask(this.driver, limit), late, signal);
    } catch (cause) {
      if (signal?.aborted) throw signal.reason;
      throw this.unavailable(what, doubt, cause);
    }
  }

  /** What was caught, as the one error that callers know; errors of Skerry's own say more and stay as they are. */
  private unavailable(what: string, doubt: string, cause: unknown): SkerryError {
    if (SkerryError.is(cause)) return cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `cannot ${what} in the ${this.name} store: ${reason}${doubt}`;
    return new SkerryError('SKERRY_STORE_UNAVAILABLE', message, { cause, details: { engine: this.name } });
  }
}

type Ask<T> = (driver: StoreDriver, limit: AbortSignal) => Promise<T>;
