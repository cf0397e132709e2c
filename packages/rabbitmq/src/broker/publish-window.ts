// Who waits holds messages as well: they are bounded too.
const waitingShare = 4;

interface Waiting {
  readonly bytes: number;
  enter(): void;
}

/**
 * How much may be on its way to the server, in bytes. The client buffers without a bound what a server does not read, so that
 * this is what bounds it. Who finds no room waits in turn, and no more than four times as much again may wait.
 */
export class PublishWindow {
  private readonly waiting: Waiting[] = [];
  private waitingBytes = 0;
  private taken = 0;

  constructor(private readonly limit: number) {}

  /** On its way now. */
  get bytes(): number {
    return this.taken;
  }

  /** Whether there was room, which is now taken. One message alone always has room. */
  tryTake(bytes: number): boolean {
    if (this.waiting.length > 0 || !this.fits(bytes)) return false;
    this.taken += bytes;
    return true;
  }

  /** Resolves when room has been taken. Rejects at once when too many wait, and with the signal's reason. */
  take(bytes: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    if (this.tryTake(bytes)) return Promise.resolve();
    if (this.waitingBytes > 0 && this.waitingBytes + bytes > this.limit * waitingShare) {
      return Promise.reject(
        new Error(`RabbitMQ confirms too little: ${this.taken} bytes are on their way, and ${this.waitingBytes} wait`),
      );
    }
    return new Promise((resolve, reject) => {
      const out = (): void => {
        this.waitingBytes -= bytes;
        signal.removeEventListener('abort', leave);
      };
      const waiting = {
        bytes,
        enter: () => {
          out();
          this.taken += bytes;
          resolve();
        },
      };
      const leave = (): void => {
        this.waiting.splice(this.waiting.indexOf(waiting), 1);
        out();
        reject(signal.reason as Error);
        this.letIn();
      };
      this.waiting.push(waiting);
      this.waitingBytes += bytes;
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  give(bytes: number): void {
    this.taken -= bytes;
    this.letIn();
  }

  private letIn(): void {
    while (this.waiting[0] && this.fits(this.waiting[0].bytes)) this.waiting.shift()!.enter();
  }

  private fits(bytes: number): boolean {
    return this.taken === 0 || this.taken + bytes <= this.limit;
  }
}
