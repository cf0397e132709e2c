import type { Clock } from '../clock/clock.js';
import { within } from '../clock/within.js';
import { SkerryError } from '../errors/skerry-error.js';
import type { BrokerDriver } from './driver.js';

/** The driver with what every call of it needs: a deadline, and errors of one kind. */
export class GuardedBroker {
  constructor(
    readonly driver: BrokerDriver,
    private readonly clock: Clock,
    private readonly deadlineMs: number,
  ) {}

  /** @param what Continues "cannot". @param limitMs Default: the deadline of all operations. */
  async call<T>(
    what: string,
    operation: (driver: BrokerDriver, signal: AbortSignal) => Promise<T>,
    limitMs = this.deadlineMs,
    signal?: AbortSignal,
  ): Promise<T> {
    const late = (): Error => new Error(`no answer within ${Math.round(limitMs)} ms`);
    try {
      return await within(this.clock, limitMs, (limit) => operation(this.driver, limit), late, signal);
    } catch (cause) {
      if (signal?.aborted) throw signal.reason;
      throw this.unavailable(what, cause);
    }
  }

  /** What was caught, as the one error that callers know; errors of Skerry's own say more and stay as they are. */
  unavailable(what: string, cause: unknown): SkerryError {
    if (SkerryError.is(cause)) return cause;
    const { name } = this.driver;
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new SkerryError('SKERRY_BROKER_UNAVAILABLE', `cannot ${what} with the ${name} broker: ${reason}`, {
      cause,
      details: { engine: name },
    });
  }
}
