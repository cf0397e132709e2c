import type { Contender } from './contender.js';
import { bytes, json, rawFrames } from './raw.js';
import { skerry } from './skerry.js';

/** In the order in which they are printed; the first is what the others are compared with. */
export const contenders: Readonly<Record<string, Contender>> = {
  'raw frames': rawFrames(bytes),
  'raw frames + JSON': rawFrames(json),
  skerry: skerry('unchecked'),
  'skerry + validation': skerry('checked'),
};
