import type { Contenders } from '../pairs/contender.js';

/** To add one: a file that exports `contender`, and its row. */
export const contenders: Contenders = {
  'node:http': () => import('./contenders/bare.js'),
  skerry: () => import('./contenders/skerry.js'),
  fastify: () => import('./contenders/fastify.js'),
  'fastify (with a schema)': () => import('./contenders/fastify-schema.js'),
};
