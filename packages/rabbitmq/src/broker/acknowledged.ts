import { abortable } from '../abortable.js';

/**
 * The server does not answer acknowledgements. It reads a channel in order, so an answer to whatever is asked after one means
 * that it has been read: asked once for all that are sent while an answer is awaited. The channel hands them on to the queue a
 * moment later, some 32 at a time; what is cut off in that moment comes again.
 */
export class Acknowledged {
  private asked: Promise<void> | undefined;
  private next: Promise<void> | undefined;

  /** @param ask Something harmless that the server answers. */
  constructor(private readonly ask: () => Promise<void>) {}

  /** Resolves when all that was sent before has been read; rejects when the channel ends, and with the signal's reason. */
  all(signal: AbortSignal): Promise<void> {
    return abortable(this.asked ? this.afterwards(this.asked) : this.now(), signal);
  }

  /** Resolves when nobody waits any more. */
  async idle(): Promise<void> {
    while (this.asked) await (this.next ?? this.asked).catch(() => undefined);
  }

  private afterwards(asked: Promise<void>): Promise<void> {
    this.next ??= asked.then(
      () => this.now(),
      () => this.now(),
    );
    return this.next;
  }

  private now(): Promise<void> {
    this.next = undefined;
    const asked = this.ask();
    const answered = (): void => {
      if (this.asked === asked) this.asked = undefined;
    };
    this.asked = asked;
    asked.then(answered, answered);
    return asked;
  }
}
