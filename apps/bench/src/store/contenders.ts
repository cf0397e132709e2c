import type { StoreContender } from './contender.js';

/** To add one: a file that exports `contender`, and its row. */
export const contenders: Readonly<Record<string, () => Promise<{ readonly contender: StoreContender }>>> = {
  'skerry memory': () => import('./contenders/skerry-memory.js'),
  'skerry LMDB': () => import('./contenders/skerry-lmdb.js'),
  'bare lmdb': () => import('./contenders/bare-lmdb.js'),
};
