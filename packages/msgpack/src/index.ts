export { MsgpackCodec } from './msgpack-codec.js';
export { MsgpackModule, type MsgpackOptions } from './msgpack-module.js';
export { MsgpackRpcCodec } from './msgpack-rpc.js';
