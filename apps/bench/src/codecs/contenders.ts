import type { CodecContender } from './contender.js';

/** By name, in the order in which they are shown. To add one: a file that exports `contender`, and its row. */
export const contenders: Readonly<Record<string, () => Promise<{ readonly contender: CodecContender }>>> = {
  'JSON.parse, stringify': () => import('./contenders/json.js'),
  'skerry JSON': () => import('./contenders/skerry-json.js'),
  'protobufjs (generated)': () => import('./contenders/protobufjs.js'),
  'skerry protobuf': () => import('./contenders/skerry-protobuf.js'),
  '@msgpack/msgpack': () => import('./contenders/msgpack.js'),
  'skerry msgpack': () => import('./contenders/skerry-msgpack.js'),
  bson: () => import('./contenders/bson.js'),
  'skerry bson': () => import('./contenders/skerry-bson.js'),
};
