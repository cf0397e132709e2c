/** A stream of chance that its seed and its name determine: who draws from one does not disturb another. */
export class Chance {
  private state: number;

  constructor(
    private readonly seed: number,
    name: string,
  ) {
    let hash = 0x811c9dc5 ^ seed;
    for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
    this.state = hash | 0;
  }

  /** Another stream of the same seed. */
  fork(name: string): Chance {
    return new Chance(this.seed, name);
  }

  /** Uniform in [0, 1). */
  next(): number {
    return this.bits() / 2 ** 32;
  }

  /** 32 of them, as a whole number. */
  bits(): number {
    // mulberry32 (Tommy Ettinger).
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  between([least, most]: Range): number {
    return least + this.next() * (most - least);
  }

  /** `true` for this share of all draws; draws nothing for 0. */
  happens(share: number): boolean {
    return share > 0 && this.next() < share;
  }

  /** One of a list that is not empty. */
  pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.next() * from.length)]!;
  }
}

/** From, to. */
export type Range = readonly [number, number];
