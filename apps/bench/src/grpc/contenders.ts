import type { Contenders } from '../pairs/contender.js';

/** To add one: a file that exports `contender`, and its row. */
export const contenders: Contenders = {
  'grpc-js': () => import('../rpc/contenders/grpc.js'),
  'skerry server, grpc-js client': () => import('./contenders/skerry-server.js'),
  'grpc-js server, skerry client': () => import('./contenders/skerry-client.js'),
  'skerry server and client': () => import('./contenders/skerry-both.js'),
};
