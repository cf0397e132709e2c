import { distance } from 'fastest-levenshtein';

/** The candidates most like `wanted`, nearest first, at most `limit`; those too far to be a slip of the hand are left out. */
export function nearest(wanted: string, candidates: Iterable<string>, limit = 3): string[] {
  const lower = wanted.toLowerCase();
  const bound = Math.max(2, Math.floor(wanted.length * 0.4));
  return [...new Set(candidates)]
    .map((name) => ({ name, far: farness(lower, name.toLowerCase()) }))
    .filter(({ far }) => far <= bound)
    .sort((a, b) => a.far - b.far || (a.name < b.name ? -1 : 1))
    .slice(0, limit)
    .map(({ name }) => name);
}

/** A shared stem counts as near however long the rest is: `greet` means `greeter`. */
function farness(a: string, b: string): number {
  if (a === b) return 0;
  const stem = a.length >= 3 && b.length >= 3 && (a.startsWith(b) || b.startsWith(a));
  return stem ? 1 : distance(a, b);
}
