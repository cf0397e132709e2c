/** When what is to expire: a binary heap, whose first is the next. What was replaced since stays until it comes up. */
export interface Expiry {
  readonly at: number;
  readonly key: string;
  readonly version: string;
}

const slack = 1_000;

export class ExpiryQueue {
  private heap: Expiry[] = [];

  /** @param stands Whether it still is to expire: its entry was neither replaced nor deleted. */
  constructor(private readonly stands: (expiry: Expiry) => boolean) {}

  get first(): Expiry | undefined {
    return this.heap[0];
  }

  /** @param live How many stand at most: a queue of mostly replaced ones is cleaned, so that refreshing costs no memory. */
  add(expiry: Expiry, live: number): void {
    this.heap.push(expiry);
    this.rise(this.heap.length - 1);
    if (this.heap.length <= 2 * live + slack) return;
    // An ascending list is a heap.
    this.heap = this.heap.filter((each) => this.stands(each)).sort((a, b) => a.at - b.at);
  }

  removeFirst(): void {
    const last = this.heap.pop();
    if (last === undefined || this.heap.length === 0) return;
    this.heap[0] = last;
    this.sink();
  }

  private rise(index: number): void {
    const { heap } = this;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (heap[parent]!.at <= heap[index]!.at) return;
      this.swap(index, parent);
      index = parent;
    }
  }

  private sink(): void {
    const { heap } = this;
    for (let index = 0; ;) {
      let least = index;
      for (const child of [2 * index + 1, 2 * index + 2]) {
        if (child < heap.length && heap[child]!.at < heap[least]!.at) least = child;
      }
      if (least === index) return;
      this.swap(index, least);
      index = least;
    }
  }

  private swap(a: number, b: number): void {
    const { heap } = this;
    [heap[a], heap[b]] = [heap[b]!, heap[a]!];
  }
}
