import { abortable } from './abortable.js';

/** What is made when somebody asks for it, by one attempt at a time, and again when it has ended. */
export class OnDemand<T> {
  private making: Promise<T> | undefined;
  private made: T | undefined;

  /** @param make Told what to call when that which it made is of no use any more. */
  constructor(private readonly make: (ended: () => void) => Promise<T>) {}

  /** What there is now, if it has been made. */
  get now(): T | undefined {
    return this.made;
  }

  /** Rejects with what the attempt failed with, or with the signal's reason; then the attempt goes on for others. */
  get(signal: AbortSignal): Promise<T> {
    this.making ??= this.begin();
    return abortable(this.making, signal);
  }

  private begin(): Promise<T> {
    const forget = (): void => {
      if (this.making !== making) return;
      this.making = undefined;
      this.made = undefined;
    };
    // In a turn of its own, so that it may have ended before anybody knows of it.
    const making = Promise.resolve().then(() => this.make(forget));
    making.then((made) => {
      if (this.making === making) this.made = made;
    }, forget);
    return making;
  }
}
