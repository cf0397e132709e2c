/**
 * Runs tasks, so many at once; of those with one key only one at a time, in their order. What waits is bounded by whoever
 * puts it in.
 */
export class Lanes<T> {
  private readonly waiting: { readonly item: T; readonly key: string | undefined }[] = [];
  private readonly busy = new Set<string>();
  private running = 0;
  private open = 0;
  private stopped = false;
  private idle?: () => void;

  /**
   * @param run Must not reject. May call `done` when only its end is left to wait for: then another task begins, though none with
   *   its key.
   */
  constructor(
    private readonly concurrency: number,
    private readonly run: (item: T, done: () => void) => Promise<void>,
  ) {}

  /** Tasks that have not ended. */
  get inFlight(): number {
    return this.open;
  }

  /** Tasks that have not ended, and that wait. */
  get size(): number {
    return this.open + this.waiting.length;
  }

  /** @param key Absent where the order does not matter. */
  add(item: T, key?: string): void {
    if (this.stopped) return;
    this.waiting.push({ item, key });
    this.next();
  }

  /** Drops what waits. */
  forgetWaiting(): void {
    this.waiting.length = 0;
  }

  /** Begins no more; drops what waits. Resolves when nothing runs. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.forgetWaiting();
    if (this.open > 0) await new Promise<void>((resolve) => (this.idle = resolve));
  }

  private next(): void {
    for (let at = 0; at < this.waiting.length && this.running < this.concurrency;) {
      const { item, key } = this.waiting[at]!;
      if (key !== undefined && this.busy.has(key)) {
        at++;
        continue;
      }
      this.waiting.splice(at, 1);
      if (key !== undefined) this.busy.add(key);
      this.begin(item, key);
    }
  }

  private begin(item: T, key: string | undefined): void {
    this.running++;
    this.open++;
    let counts = true;
    const done = (): void => {
      if (counts) this.running--;
      counts = false;
    };
    const ended = (): void => {
      done();
      this.open--;
      if (key !== undefined) this.busy.delete(key);
      if (this.stopped && this.open === 0) this.idle?.();
      else this.next();
    };
    const release = (): void => {
      done();
      this.next();
    };
    this.run(item, release).then(ended, ended);
  }
}
