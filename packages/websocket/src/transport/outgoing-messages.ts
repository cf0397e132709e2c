/** What a message costs beyond its bytes: a queue of tiny ones must not outgrow its limit by what surrounds them. */
const messageBytes = 64;
/** What one write carries about. Small, so that a slow peer's progress shows often: it is seen per write. */
const writeBytes = 256 * 1024;

/** A message, or a part of one that is larger than one write. */
export interface OutgoingPart {
  readonly bytes: Uint8Array;
  /** The last of its message. */
  readonly final: boolean;
}

/** Messages on their way out. Large ones leave in fragments. */
export class OutgoingMessages {
  /** Everything that was pushed and not taken. */
  bytes = 0;
  private parts: OutgoingPart[] = [];
  private taken = 0;

  push(message: Uint8Array): void {
    this.bytes += messageBytes + message.length;
    let at = 0;
    for (; message.length - at > writeBytes; at += writeBytes) {
      this.parts.push({ bytes: message.subarray(at, at + writeBytes), final: false });
    }
    this.parts.push({ bytes: at === 0 ? message : message.subarray(at), final: true });
  }

  /** What the next write carries; empty when there is nothing. */
  take(): OutgoingPart[] {
    const from = this.taken;
    let bytes = 0;
    while (this.taken < this.parts.length && bytes < writeBytes) bytes += costOf(this.parts[this.taken++]!);
    this.bytes -= bytes;
    const parts = this.parts.slice(from, this.taken);
    if (2 * this.taken >= this.parts.length) {
      this.parts.splice(0, this.taken);
      this.taken = 0;
    }
    return parts;
  }

  clear(): void {
    this.parts = [];
    this.bytes = this.taken = 0;
  }
}

export function costOf({ bytes, final }: OutgoingPart): number {
  return bytes.length + (final ? messageBytes : 0);
}
