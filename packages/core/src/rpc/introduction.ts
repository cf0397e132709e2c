import type { Clock, Timer } from '../clock/clock.js';
import type { SkerryError } from '../errors/skerry-error.js';
import { decodeHello, type Hello } from './control-json.js';

interface Reader {
  readonly signal: AbortSignal | undefined;
  readonly aborted: () => void;
  readonly resolve: (hello: Hello) => void;
  readonly reject: (error: SkerryError) => void;
}

/** The peer's HELLO, and those who wait for it. */
export class Introduction {
  /** Set once the peer has introduced itself. */
  hello: Hello | undefined;
  private readonly readers = new Set<Reader>();
  private readonly timer: Timer;

  constructor(clock: Clock, timeoutMs: number, missing: (problem: string) => void) {
    this.timer = clock.setTimer(timeoutMs, () => missing(`it did not introduce itself within ${timeoutMs} ms`), true);
  }

  get awaited(): boolean {
    return this.readers.size > 0;
  }

  /** Takes the peer's first frame. A string is what is wrong with it. */
  received(bytes: Buffer): Hello | string {
    const hello = decodeHello(bytes);
    if (typeof hello === 'string') return hello;
    this.hello = hello;
    this.timer.cancel();
    return hello;
  }

  /** Tells those who wait. */
  announce(): void {
    for (const reader of this.takeReaders()) reader.resolve(this.hello!);
  }

  read(signal?: AbortSignal): Promise<Hello> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const aborted = (): void => {
        this.readers.delete(reader);
        reject(signal!.reason as Error);
      };
      const reader: Reader = { signal, aborted, resolve, reject };
      signal?.addEventListener('abort', aborted, { once: true });
      this.readers.add(reader);
    });
  }

  /** It will not come any more. */
  fail(error: SkerryError): void {
    for (const reader of this.takeReaders()) reader.reject(error);
  }

  stopWaiting(): void {
    this.timer.cancel();
  }

  private takeReaders(): Reader[] {
    const readers = [...this.readers];
    this.readers.clear();
    for (const { signal, aborted } of readers) signal?.removeEventListener('abort', aborted);
    return readers;
  }
}
