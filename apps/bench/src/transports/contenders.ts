import type { Contenders } from '../pairs/contender.js';

/** To add one: a file that exports `contender`, and its row. */
export const contenders: Contenders = {
  'skerry TCP': () => import('../rpc/contenders/skerry.js'),
  'skerry unix socket': () => import('./contenders/skerry-unix.js'),
  'skerry TLS': () => import('./contenders/skerry-tls.js'),
  'skerry WebSocket': () => import('./contenders/skerry-websocket.js'),
  'ws + JSON': () => import('./contenders/bare-ws.js'),
};
