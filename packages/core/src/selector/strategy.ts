import type { Candidate } from './candidate.js';

/** What a strategy may know about the call. */
export interface Choice {
  readonly service: string;
  /** What calls with the same one share a node by, for consistent hashing. */
  readonly key?: string | undefined;
  /** Whether a candidate may be chosen: not one that this call has failed on, nor one that is ejected. */
  readonly allowed: (candidate: Candidate) => boolean;
}

/**
 * Chooses among candidates. Lives as long as the application and is shared by all services, so what it remembers it keeps by
 * list of candidates. The class is the injection token: provide one of ours, or your own, to choose differently.
 *
 *     providers: [{ provide: SelectionStrategy, useClass: LeastConnectionsStrategy }]
 */
export abstract class SelectionStrategy {
  /**
   * Whether calls with one key must meet at one node, whoever makes them. The caller's own zone then does not count for calls
   * that have a key. Default `false`.
   */
  readonly keepsKeys: boolean = false;

  /**
   * @param candidates Sorted by node id, never empty; the same array until a node joins or leaves, so it may be used as a key,
   *   best of a `WeakMap`. A service has several such lists when its calls differ in the nodes they ask for.
   * @returns One of them for which `choice.allowed` is true. At least one is.
   */
  abstract choose(candidates: readonly Candidate[], choice: Choice): Candidate;
}

// Most candidates are allowed: a few blind tries nearly always hit one.
const blindTries = 8;

/** A random allowed candidate, whatever their number, without looking at all of them. */
export function randomAllowed(candidates: readonly Candidate[], choice: Choice, random: () => number): Candidate {
  for (let attempt = 0; attempt < blindTries; attempt++) {
    const candidate = candidates[Math.floor(random() * candidates.length)]!;
    if (choice.allowed(candidate)) return candidate;
  }
  const start = Math.floor(random() * candidates.length);
  return candidates[nextAllowed(candidates, choice, start)]!;
}

/** The index of the first allowed candidate from `start` on, going round. */
export function nextAllowed(candidates: readonly Candidate[], choice: Choice, start: number): number {
  for (let step = 0; step < candidates.length; step++) {
    const at = (start + step) % candidates.length;
    if (choice.allowed(candidates[at]!)) return at;
  }
  return start % candidates.length;
}
