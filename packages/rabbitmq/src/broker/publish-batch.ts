/** Messages that are published together: over with the first that fails. */
export class PublishBatch {
  readonly outcome: Promise<readonly ('routed' | 'unrouted')[]>;
  /** On their way. */
  openBytes = 0;
  over = false;
  /** Nobody waits for it any more. */
  ended = false;
  private readonly results: ('routed' | 'unrouted')[];
  private left: number;
  private settle!: (error?: unknown) => void;

  constructor(
    size: number,
    private readonly signal: AbortSignal,
  ) {
    this.left = size;
    this.results = new Array<'routed'>(size).fill('routed');
    this.outcome = new Promise((resolve, reject) => {
      this.settle = (error) => {
        if (this.over) return;
        this.over = true;
        if (error === undefined) resolve(this.results);
        else reject(error as Error);
      };
    });
    signal.addEventListener('abort', this.aborted, { once: true });
    if (signal.aborted) this.aborted();
    if (size === 0) this.settle();
  }

  opened(bytes: number): void {
    this.openBytes += bytes;
  }

  confirmed(index: number, bytes: number, result: 'routed' | 'unrouted'): void {
    this.openBytes -= bytes;
    this.results[index] = result;
    if (--this.left === 0) this.settle();
  }

  failed(bytes: number, error: unknown): void {
    this.openBytes -= bytes;
    this.fail(error);
  }

  fail(error: unknown): void {
    this.settle(error);
  }

  end(): void {
    this.ended = true;
    this.signal.removeEventListener('abort', this.aborted);
  }

  private readonly aborted = (): void => this.settle(this.signal.reason);
}
