import type { Contenders } from '../pairs/contender.js';

export const contenders: Contenders = {
  'skerry in two processes': () => import('../rpc/contenders/skerry.js'),
  'skerry in one application': () => import('./one-application.js'),
};
