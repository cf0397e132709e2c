import { byteOrder } from './keys.js';

/** Keys in the order of their bytes. Finding one costs a few comparisons; adding one moves those behind it. */
export class SortedKeys {
  private readonly orders: string[] = [];
  private readonly keys: string[] = [];

  add(key: string): void {
    const order = byteOrder(key);
    const index = this.indexOf(order);
    if (this.orders[index] === order) return;
    this.orders.splice(index, 0, order);
    this.keys.splice(index, 0, key);
  }

  delete(key: string): void {
    const order = byteOrder(key);
    const index = this.indexOf(order);
    if (this.orders[index] !== order) return;
    this.orders.splice(index, 1);
    this.keys.splice(index, 1);
  }

  /** The keys that begin with `prefix`, after the key `after`. Nothing may be added or deleted meanwhile. */
  *range(prefix: string, after: string | undefined): Iterable<string> {
    const start = byteOrder(prefix);
    // What is no key but the end of one key and the beginning of the next: after it, nothing comes before them.
    const from = after === undefined ? start : `${byteOrder(after)}\0`;
    for (let index = this.indexOf(from > start ? from : start); index < this.keys.length; index++) {
      if (!this.orders[index]!.startsWith(start)) return;
      yield this.keys[index]!;
    }
  }

  /** Where it is, or would be. */
  private indexOf(order: string): number {
    let [low, high] = [0, this.orders.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.orders[middle]! < order) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
