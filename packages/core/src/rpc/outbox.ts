import type { Link } from '../transport/driver.js';

/** What leaves by a link, and whether more should. */
export class Outbox {
  /** More waits on the link than it likes: hold back what can wait, until it has drained. */
  congested = false;

  /**
   * @param pausesReading While congested, take nothing from the peer either. For a callee, whose peer could otherwise ask
   *                      without end and never read; not for a caller, or both would wait for each other.
   */
  constructor(
    private readonly link: Link,
    private readonly pausesReading: boolean,
  ) {}

  send(frame: Buffer): void {
    if (this.link.send(frame) || this.congested) return;
    this.congested = true;
    if (this.pausesReading) this.link.pause();
  }

  drained(): void {
    this.congested = false;
    if (this.pausesReading) this.link.resume();
  }
}
