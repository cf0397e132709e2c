/** What waits in a line. Its place is its own, and does not change while it waits. */
interface Placed {
  readonly place: number;
}

// Moving what remains to the front costs; it is done when as much has gone.
const leastGone = 1_024;

/**
 * Waiting entries in the order of their places. Joining at the end and leaving at the front take constant time; whoever
 * returns to a place in the middle, or leaves from there, is found by halves.
 */
export class MemoryLine<T extends Placed> {
  private items: T[] = [];
  private start = 0;

  get size(): number {
    return this.items.length - this.start;
  }

  get first(): T | undefined {
    return this.items[this.start];
  }

  add(item: T): void {
    const last = this.items.at(-1);
    if (!last || last.place < item.place) this.items.push(item);
    else this.items.splice(this.indexFor(item.place), 0, item);
  }

  shift(): T | undefined {
    const first = this.first;
    if (!first) return undefined;
    this.items[this.start++] = undefined as unknown as T;
    if (this.start >= leastGone && this.start >= this.items.length / 2) {
      this.items = this.items.slice(this.start);
      this.start = 0;
    }
    return first;
  }

  /** Whether it was there. */
  remove(item: T): boolean {
    if (this.first === item) return this.shift() !== undefined;
    const index = this.indexFor(item.place);
    if (this.items[index] !== item) return false;
    this.items.splice(index, 1);
    return true;
  }

  /** Of the first one that does not come before this place. */
  private indexFor(place: number): number {
    let [low, high] = [this.start, this.items.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.items[middle]!.place < place) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
