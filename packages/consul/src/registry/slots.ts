/** Lets so many at a time, in the order in which they came. */
export class Slots {
  private readonly waiting: (() => void)[] = [];
  private free: number;

  constructor(count: number) {
    this.free = count;
  }

  /** Resolves with what gives the slot back, to be called once. Rejects with the signal's reason when it aborts before. */
  take(signal: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error);
      const enter = (): void => {
        signal.removeEventListener('abort', leave);
        resolve(() => this.give());
      };
      const leave = (): void => {
        this.waiting.splice(this.waiting.indexOf(enter), 1);
        reject(signal.reason as Error);
      };
      if (this.free > 0) {
        this.free--;
        return enter();
      }
      this.waiting.push(enter);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  private give(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.free++;
  }
}
