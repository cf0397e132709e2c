export { BsonCodec } from './bson-codec.js';
export { BsonModule, type BsonOptions } from './bson-module.js';
export { BsonRpcCodec } from './bson-rpc.js';
