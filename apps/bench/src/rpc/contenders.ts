import type { Contenders } from '../pairs/contender.js';

/** To add one: a file that exports `contender`, and its row. */
export const contenders: Contenders = {
  'raw frames': () => import('./contenders/raw-frames.js'),
  'raw frames + JSON': () => import('./contenders/raw-frames-json.js'),
  skerry: () => import('./contenders/skerry.js'),
  'skerry (validation off)': () => import('./contenders/skerry-unchecked.js'),
  'skerry (three interceptors)': () => import('./contenders/skerry-interceptors.js'),
  'skerry (protobuf)': () => import('./contenders/skerry-protobuf.js'),
  'skerry (msgpack)': () => import('./contenders/skerry-msgpack.js'),
  'skerry (bson)': () => import('./contenders/skerry-bson.js'),
  'NestJS TCP (object pattern)': () => import('./contenders/nest-object-pattern.js'),
  'NestJS TCP (string pattern)': () => import('./contenders/nest-string-pattern.js'),
  'Moleculer TCP': () => import('./contenders/moleculer-tcp.js'),
  'fastify + undici': () => import('./contenders/fastify-undici.js'),
  'grpc-js': () => import('./contenders/grpc.js'),
};
