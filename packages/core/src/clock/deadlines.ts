import type { Clock, Timer } from './clock.js';

/** Something that has to be over by a certain time. An entry of the list of those that were given equally long. */
export interface Expiring {
  /** In the clock's milliseconds. */
  readonly deadline: number;
  /** Called once when the deadline has come, unless {@link Deadlines.remove} was called. */
  expire(): void;
  // The lists are made of their entries: a call costs a few assignments.
  list: DeadlineList | undefined;
  earlier: Expiring | undefined;
  later: Expiring | undefined;
}

// Callers choose among few durations; one that makes up a new one for each call must not fill the memory.
const mostLists = 256;

/**
 * The deadlines of an application's calls. Those that were given equally long expire in the order in which they began, so
 * one timer does for all of them; it is not touched when a call ends in time, which nearly all do.
 */
export class Deadlines {
  private readonly lists = new Map<number, DeadlineList>();

  constructor(private readonly clock: Clock) {}

  /** @param durationMs How long the entry was given: its deadline is so much from now. */
  add(entry: Expiring, durationMs: number): void {
    let list = this.lists.get(durationMs);
    if (!list) {
      if (this.lists.size >= mostLists) this.forgetIdle();
      this.lists.set(durationMs, (list = new DeadlineList(this.clock)));
    }
    list.add(entry);
  }

  remove(entry: Expiring): void {
    entry.list?.remove(entry);
  }

  /** Nothing expires any more. */
  close(): void {
    for (const list of this.lists.values()) list.close();
    this.lists.clear();
  }

  private forgetIdle(): void {
    for (const [durationMs, list] of this.lists) {
      if (!list.empty) continue;
      list.close();
      this.lists.delete(durationMs);
    }
  }
}

class DeadlineList {
  private first: Expiring | undefined;
  private last: Expiring | undefined;
  private timer: Timer | undefined;

  constructor(private readonly clock: Clock) {}

  get empty(): boolean {
    return this.first === undefined;
  }

  add(entry: Expiring): void {
    const { last } = this;
    entry.list = this;
    entry.earlier = last;
    if (last) last.later = entry;
    else this.first = entry;
    this.last = entry;
    if (!this.timer) this.arm(entry);
  }

  remove(entry: Expiring): void {
    const { earlier, later } = entry;
    if (earlier) earlier.later = later;
    else this.first = later;
    if (later) later.earlier = earlier;
    else this.last = earlier;
    entry.list = entry.earlier = entry.later = undefined;
  }

  close(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private arm({ deadline }: Expiring): void {
    // In the background: what a call waits for, a connection or the registry, keeps the process.
    this.timer = this.clock.setTimer(deadline - this.clock.now(), this.due, true);
  }

  private readonly due = (): void => {
    this.timer = undefined;
    const now = this.clock.now();
    while (this.first && this.first.deadline <= now) {
      const entry = this.first;
      this.remove(entry);
      entry.expire();
    }
    if (this.first && !this.timer) this.arm(this.first);
  };
}
