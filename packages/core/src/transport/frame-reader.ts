const lengthBytes = 4;
const smallestBody = 4096;

/**
 * Cuts a stream of bytes into frames: u32 big-endian length, then that many bytes. Time is linear in the bytes however
 * they are cut; a frame that lies whole in one chunk is a view of it and nothing is copied.
 */
export class FrameReader {
  /** How many frames were whole. */
  completed = 0;
  private stopped = false;
  /** The bytes of a length that was cut: how many there are, and their value so far. */
  private lengthSeen = 0;
  private length = 0;
  /** A frame that was cut: what has arrived of it. Grows as it arrives, since its length is only a stranger's claim. */
  private body: Buffer | undefined;
  private filled = 0;

  /** @param whole Called for each frame, within {@link push}. The bytes are not touched again. */
  constructor(
    private readonly maxFrameBytes: number,
    private readonly whole: (bytes: Buffer) => void,
  ) {}

  /** Whether the stream, if it ended here, would end inside a frame. */
  get midFrame(): boolean {
    return this.body !== undefined || this.lengthSeen > 0;
  }

  /** Of the frame that is on its way. */
  get arrivedBytes(): number {
    return this.body === undefined ? 0 : this.filled;
  }

  /** Ends it, also from within `whole`: no further frame is reported. */
  stop(): void {
    this.stopped = true;
    this.body = undefined;
  }

  /** Takes the next bytes, and keeps them. Returns the length of a frame that is beyond the limit: nothing follows it. */
  push(chunk: Buffer): number | undefined {
    const end = chunk.length;
    let at = this.body ? this.fill(chunk, 0) : 0;
    while (at < end && !this.stopped) {
      if (this.lengthSeen === 0 && end - at >= lengthBytes) {
        this.length = chunk.readUInt32BE(at);
        at += lengthBytes;
      } else {
        this.length = ((this.lengthSeen === 0 ? 0 : this.length << 8) | chunk[at++]!) >>> 0;
        if (++this.lengthSeen < lengthBytes) continue;
        this.lengthSeen = 0;
      }
      if (this.length > this.maxFrameBytes) {
        this.stop();
        return this.length;
      }
      if (end - at >= this.length) {
        const from = at;
        at += this.length;
        this.give(chunk.subarray(from, at));
      } else {
        this.filled = 0;
        this.body = Buffer.allocUnsafe(Math.min(this.length, Math.max(smallestBody, 2 * (end - at))));
        at = this.fill(chunk, at);
      }
    }
    return undefined;
  }

  private give(bytes: Buffer): void {
    this.completed++;
    this.whole(bytes);
  }

  /** Copies what belongs to the cut frame; returns where the next one begins. */
  private fill(chunk: Buffer, at: number): number {
    let body = this.body!;
    const upTo = at + Math.min(this.length - this.filled, chunk.length - at);
    const needed = this.filled + (upTo - at);
    if (needed > body.length) {
      // Doubling keeps the copying linear; ending at the frame's length makes the last buffer the frame itself.
      body = Buffer.allocUnsafe(Math.min(this.length, Math.max(needed, 2 * body.length)));
      this.body!.copy(body, 0, 0, this.filled);
      this.body = body;
    }
    chunk.copy(body, this.filled, at, upTo);
    this.filled = needed;
    if (needed === this.length) {
      this.body = undefined;
      this.give(body);
    }
    return upTo;
  }
}
