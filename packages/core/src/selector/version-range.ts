import { createRequire } from 'node:module';
import type { Range } from 'semver';
import { BoundedMap } from './bounded-map.js';

const require = createRequire(import.meta.url);

const parsed = new BoundedMap<string, Range | undefined>(200);
let RangeClass: (new (range: string) => Range) | undefined;

/**
 * The range that `text` means, as npm reads ranges; `undefined` when it is none. Blank text is none either: it would stand for
 * any version, and mostly comes from a variable that is not set.
 */
export function versionRange(text: string): Range | undefined {
  if (parsed.has(text)) return parsed.get(text);
  // Applications without ranges need not load it.
  RangeClass ??= require('semver/classes/range.js') as new (range: string) => Range;
  let range: Range | undefined;
  try {
    if (text.trim() !== '') range = new RangeClass(text);
  } catch {
    // It says no more than that it is none.
  }
  parsed.set(text, range);
  return range;
}
