import { SkerryError, SystemClock, type Clock, type ManualClock } from '@skerry/core';

export interface EventuallyOptions {
  /** Whose time passes. A {@link ManualClock} is advanced meanwhile. Default: the system's. */
  readonly clock?: Clock;
  /** How long to keep trying, in ms of the clock. Default 5,000. */
  readonly withinMs?: number;
  /** Pause between two tries, in ms of the clock. Default 10; on a {@link ManualClock} a five-hundredth of `withinMs` if that is more. */
  readonly everyMs?: number;
}

/**
 * Repeats `check` until it neither throws nor returns `false`, and gives what it returned. Rejects with `SKERRY_TEST_TIMEOUT` when
 * the time is over, with the last failure in its message and as its cause; also when a single try is what does not end.
 *
 *     await eventually(() => expect(app.published(orderPlaced)).toHaveLength(3));
 *
 * With a {@link ManualClock} it is this that moves the time, and an hour takes no longer than its tries do.
 */
export async function eventually<T>(check: () => T | Promise<T>, options: EventuallyOptions = {}): Promise<T> {
  const { clock = new SystemClock(), withinMs = 5_000 } = options;
  const time = isManual(clock) ? new MovedTime(clock, withinMs, options.everyMs) : new RealTime(clock, options.everyMs);
  const startedAt = clock.now();
  const until = startedAt + withinMs;
  let failure: unknown = new Error('the first try has not ended');
  for (let tries = 1; ; tries++) {
    const outcome = await time.settled(attempt(check), until);
    if (outcome && 'value' in outcome) {
      if (outcome.value !== false) return outcome.value;
      failure = new Error('the check returned false');
    } else if (outcome) failure = outcome.error;
    // Where it has not ended it may still be at it, and a timer may be early: it is never tried beside itself.
    if (!outcome || clock.now() >= until) throw tooLate(failure, clock.now() - startedAt, tries);
    await time.pass(until);
  }
}

/**
 * What `work` comes to: waits for it, and moves a {@link ManualClock} meanwhile. Rejects as it does, or with `SKERRY_TEST_TIMEOUT` when it
 * has not ended in time.
 *
 * @param options `withinMs` by default 60,000.
 */
export async function resultOf<T>(work: Promise<T>, options: EventuallyOptions = {}): Promise<T> {
  const { clock = new SystemClock(), withinMs = 60_000 } = options;
  const time = isManual(clock) ? new MovedTime(clock, withinMs, options.everyMs) : new RealTime(clock);
  const outcome = await time.settled(
    attempt(() => work),
    clock.now() + withinMs,
  );
  if (!outcome) throw tooLate(new Error('what was waited for has not ended'), withinMs, 1);
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}

type Outcome<T> = { readonly value: T } | { readonly error: unknown };

/** How time passes between two tries, and during one. */
interface Passing {
  /** `undefined` when the work has not ended at `until`. */
  settled<T>(work: Promise<Outcome<T>>, until: number): Promise<Outcome<T> | undefined>;
  pass(until: number): Promise<void>;
}

class RealTime implements Passing {
  constructor(
    private readonly clock: Clock,
    private readonly everyMs = 10,
  ) {}

  settled<T>(work: Promise<Outcome<T>>, until: number): Promise<Outcome<T> | undefined> {
    return new Promise((resolve) => {
      const timer = this.clock.setTimer(until - this.clock.now(), () => resolve(undefined));
      void work.then((outcome) => {
        timer.cancel();
        resolve(outcome);
      });
    });
  }

  pass(until: number): Promise<void> {
    return this.clock.sleep(Math.min(this.everyMs, Math.max(0, until - this.clock.now())));
  }
}

class MovedTime implements Passing {
  private readonly system = new SystemClock();
  private readonly everyMs: number;

  constructor(
    private readonly clock: ManualClock,
    withinMs: number,
    everyMs = Math.max(20, withinMs / 500),
  ) {
    this.everyMs = everyMs;
  }

  async settled<T>(work: Promise<Outcome<T>>, until: number): Promise<Outcome<T> | undefined> {
    let outcome: Outcome<T> | undefined;
    void work.then((settled) => (outcome = settled));
    await this.clock.settle();
    while (!outcome && this.clock.now() < until) await this.pass(until);
    return outcome;
  }

  async pass(until: number): Promise<void> {
    // What the clock does not govern, such as files and sockets, gets its turn as well.
    await new Promise<void>((resolve) => this.system.nextTurn(resolve));
    await this.clock.advance(Math.min(this.everyMs, Math.max(0, until - this.clock.now())));
  }
}

/** Whether a test has to move the time. */
function isManual(clock: Clock): clock is ManualClock {
  return 'advance' in clock && 'settle' in clock;
}

async function attempt<T>(check: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await check() };
  } catch (error) {
    return { error };
  }
}

function tooLate(failure: unknown, tookMs: number, tries: number): SkerryError {
  const last = failure instanceof Error ? failure.message : String(failure);
  const triedMs = Math.round(tookMs);
  return new SkerryError('SKERRY_TEST_TIMEOUT', `not within ${triedMs} ms, in ${tries} tries: ${last}`, {
    cause: failure,
    details: { triedMs, tries },
  });
}
