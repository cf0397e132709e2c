import { Clock } from '../clock/clock.js';
import { Inject, Injectable } from '../container/injectable.js';
import type { Candidate } from './candidate.js';
import { randomAllowed, SelectionStrategy, type Choice } from './strategy.js';

interface Ring {
  /** Ascending. */
  readonly points: Uint32Array;
  /** Index of the candidate at each point. */
  readonly owners: Uint32Array;
  /** Index of the first point in each part of the ring; there are about as many parts as points, all of the same width. */
  readonly parts: Uint32Array;
  /** How far a value is shifted to the right to find its part. */
  readonly shift: number;
}

/** Points on the ring, for all nodes together; each node has at least four. */
const ringPoints = 16_384;
const fewestPoints = 4;
const mostPoints = 160;

/**
 * Calls with one `key` go to one node, and when nodes come or go only the share of those moves (Karger 1997). While its node
 * cannot be used, a key goes to the next one on the ring. A call without a key goes anywhere. Weights, load and, for calls with
 * a key, zones do not count: every caller must come to the same node.
 */
@Injectable()
export class ConsistentHashStrategy extends SelectionStrategy {
  override readonly keepsKeys = true;
  private readonly rings = new WeakMap<readonly Candidate[], Ring>();

  constructor(@Inject(Clock) private readonly clock: Clock) {
    super();
  }

  override choose(candidates: readonly Candidate[], choice: Choice): Candidate {
    if (choice.key === undefined) return randomAllowed(candidates, choice, () => this.clock.random());
    let ring = this.rings.get(candidates);
    if (!ring) this.rings.set(candidates, (ring = ringOf(candidates)));
    const { points, owners } = ring;
    const start = firstFrom(ring, hash(choice.key));
    for (let step = 0; step < points.length; step++) {
      const candidate = candidates[owners[(start + step) % points.length]!]!;
      if (choice.allowed(candidate)) return candidate;
    }
    return candidates[owners[start]!]!;
  }
}

function ringOf(candidates: readonly Candidate[]): Ring {
  const each = Math.min(mostPoints, Math.max(fewestPoints, Math.floor(ringPoints / candidates.length)));
  const points = candidates.flatMap(({ node }, owner) =>
    Array.from({ length: each }, (_, replica) => ({ point: hash(`${node.id}#${replica}`), owner })),
  );
  points.sort((a, b) => a.point - b.point || a.owner - b.owner);
  const bits = Math.ceil(Math.log2(points.length));
  const shift = 32 - bits;
  const parts = new Uint32Array(2 ** bits);
  for (let part = 0, index = 0; part < parts.length; part++) {
    while (index < points.length && points[index]!.point >>> shift < part) index++;
    parts[part] = index;
  }
  return {
    points: Uint32Array.from(points, ({ point }) => point),
    owners: Uint32Array.from(points, ({ owner }) => owner),
    parts,
    shift,
  };
}

/** A step or two from where the value's part of the ring begins, however many points there are. */
function firstFrom({ points, parts, shift }: Ring, value: number): number {
  let index = parts[value >>> shift]!;
  while (index < points.length && points[index]! < value) index++;
  return index % points.length;
}

/** FNV-1a, finished as MurmurHash3 does so that short keys spread over the whole ring. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
