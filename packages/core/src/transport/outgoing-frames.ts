const lengthBytes = 4;
/** From here on handing a frame to the kernel as it is beats copying it beside its neighbours (measured). */
const largeFrame = 16 * 1024;
/** Frames are packed together up to here, which also bounds what a queue of tiny ones costs beyond its bytes. */
const packBytes = 64 * 1024;
/** What one write carries at most. Small, so that a slow peer's progress shows often: it is seen per write. */
const writeBytes = 256 * 1024;

/**
 * Frames on their way out, each preceded by its length. Small ones are copied together, so that a turn's frames cost one
 * write; large ones are sent as they are.
 */
export class OutgoingFrames {
  /** Everything that was pushed and not taken, lengths included. */
  bytes = 0;
  /** How many were pushed since everything was taken. */
  frames = 0;
  private small: Uint8Array[] = [];
  private smallBytes = 0;
  private pieces: Uint8Array[] = [];

  push(frame: Uint8Array): void {
    this.bytes += lengthBytes + frame.length;
    this.frames++;
    if (frame.length >= largeFrame) {
      this.pack(frame.length);
      for (let at = 0; at < frame.length; at += writeBytes) this.pieces.push(frame.subarray(at, at + writeBytes));
      return;
    }
    this.small.push(frame);
    this.smallBytes += lengthBytes + frame.length;
    if (this.smallBytes >= packBytes) this.pack();
  }

  /** The next bytes to write, in pieces; empty when there are none. */
  take(): Uint8Array[] {
    if (this.small.length > 0) this.pack();
    let taken = 0;
    let count = 0;
    while (count < this.pieces.length && (count === 0 || taken + this.pieces[count]!.length <= writeBytes)) {
      taken += this.pieces[count++]!.length;
    }
    this.bytes -= taken;
    if (count < this.pieces.length) return this.pieces.splice(0, count);
    this.frames = 0;
    const all = this.pieces;
    this.pieces = [];
    return all;
  }

  clear(): void {
    this.bytes = this.smallBytes = this.frames = 0;
    this.small = [];
    this.pieces = [];
  }

  /** @param next The length of a large frame that follows; its length is sent with what comes before it. */
  private pack(next?: number): void {
    const piece = Buffer.allocUnsafe(this.smallBytes + (next === undefined ? 0 : lengthBytes));
    let at = 0;
    for (const frame of this.small) {
      at = piece.writeUInt32BE(frame.length, at);
      piece.set(frame, at);
      at += frame.length;
    }
    if (next !== undefined) piece.writeUInt32BE(next, at);
    this.pieces.push(piece);
    this.small = [];
    this.smallBytes = 0;
  }
}
