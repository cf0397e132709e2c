import type { Contenders } from '../pairs/contender.js';

/** To add one: a file that exports `contender`, and its row. */
export const contenders: Contenders = {
  'raw frames': () => import('./contenders/raw-frames.js'),
  'raw frames + JSON': () => import('./contenders/raw-frames-json.js'),
  skerry: () => import('./contenders/skerry.js'),
  'grpc-js': () => import('./contenders/grpc.js'),
};
