import type { Link } from '../transport/driver.js';

/** What leaves by a link, and whether more should. */
export class Outbox {
  /** More waits on the link than it likes: hold back what can wait, until it has drained. */
  congested = false;
  /** Bytes that waited when it became congested, and what was sent all the same since then. */
  private waited = 0;
  private added = 0;
  private paused = false;

  /**
   * @param pausesReading Read nothing from the peer while as much again was sent as made the link congested. For a server,
   *                      whose peer could otherwise ask without end and never read. Not for a client, or both would wait
   *                      for each other. Not as soon as the link is congested: a busy stream, which holds back then, would
   *                      keep the server from hearing anything else.
   */
  constructor(
    private readonly link: Link,
    private readonly pausesReading: boolean,
  ) {}

  send(frame: Buffer): void {
    const room = this.link.send(frame);
    if (this.congested) {
      this.added += frame.length;
      if (!this.pausesReading || this.paused || this.added < this.waited) return;
      this.paused = true;
      this.link.pause();
    } else if (!room) {
      this.congested = true;
      this.waited = this.link.bufferedBytes;
      this.added = 0;
    }
  }

  drained(): void {
    this.congested = false;
    if (!this.paused) return;
    this.paused = false;
    this.link.resume();
  }
}
