import { SystemClock, type Timer } from '@skerry/core';

interface Pending {
  readonly at: number;
  /** Of two that are due together, the one that was set first is first. */
  readonly order: number;
  run: (() => void) | undefined;
}

// Whatever works on without any time passing has gone in a circle.
const mostStepsAtOnce = 100_000;

/** The one time of a mesh. It stands still, except in {@link step}, which goes on to the next timer of any node. */
export class MeshTime {
  now = 1_000_000;
  private readonly heap: Pending[] = [];
  private readonly machine = new SystemClock();
  private order = 0;
  private steps = 0;

  /** When the next timer is due; infinite when there is none. */
  get nextAt(): number {
    while (this.heap[0] && !this.heap[0].run) this.pop();
    return this.heap[0]?.at ?? Infinity;
  }

  set(delayMs: number, run: () => void): Timer {
    const timer: Pending = { at: this.now + Math.max(0, delayMs), order: this.order++, run };
    this.push(timer);
    return { cancel: () => (timer.run = undefined) };
  }

  /** Runs the next timer at its time, and lets everything happen that needs none. */
  async step(): Promise<void> {
    const at = this.nextAt;
    if (at === Infinity) return;
    this.steps = at === this.now ? this.steps + 1 : 0;
    if (this.steps > mostStepsAtOnce) throw new Error(`${mostStepsAtOnce} timers of 0 ms ran: no time passes any more`);
    this.now = at;
    const { run } = this.pop()!;
    run!();
    await this.settle();
  }

  /** Nothing is due before this. */
  skipTo(at: number): void {
    this.now = Math.max(this.now, at);
  }

  /** A turn of the event loop ends when all promises that can settle have, however they pass it on to each other. */
  settle(): Promise<void> {
    return new Promise((resolve) => this.machine.nextTurn(resolve));
  }

  private push(timer: Pending): void {
    const { heap } = this;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!before(timer, heap[above]!)) break;
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = timer;
  }

  private pop(): Pending | undefined {
    const { heap } = this;
    const [first] = heap;
    const last = heap.pop();
    if (heap.length === 0 || !last) return first;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && before(heap[below + 1]!, heap[below]!)) below++;
      if (!before(heap[below]!, last)) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = last;
    return first;
  }
}

function before(one: Pending, other: Pending): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
