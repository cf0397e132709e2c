/** Whether the engine can be reached: it can be made to refuse, and to hang. */
export class MemoryOutage {
  private refusal?: Error;
  private thaw?: { readonly done: Promise<void>; readonly resolve: () => void };

  /** Nothing is handed over. */
  get halted(): boolean {
    return this.refusal !== undefined || this.thaw !== undefined;
  }

  /** Resolves when the engine takes a request; rejects while it is down, and with the signal's reason. */
  async reached(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    while (this.thaw) await ended(this.thaw.done, signal);
    if (this.refusal) throw this.refusal;
  }

  refuse(error: Error): void {
    this.refusal = error;
    // Whoever waits is told as well.
    this.melt();
  }

  freeze(): void {
    let resolve!: () => void;
    const done = new Promise<void>((thawed) => (resolve = thawed));
    this.thaw ??= { done, resolve };
  }

  end(): void {
    delete this.refusal;
    this.melt();
  }

  private melt(): void {
    this.thaw?.resolve();
    delete this.thaw;
  }
}

/** Resolves with `work`, which does not fail; rejects with the signal's reason when that comes first. */
function ended(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', aborted, { once: true });
    void work.then(() => {
      signal.removeEventListener('abort', aborted);
      resolve();
    });
  });
}
