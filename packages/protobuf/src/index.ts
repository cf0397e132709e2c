export { ProtobufCodec } from './protobuf-codec.js';
export { ProtobufModule, type ProtobufOptions } from './protobuf-module.js';
export { protoFile, type ProtoFileOptions } from './proto/proto-file.js';
export {
  emptyLock,
  lockNumbers,
  protoLockText,
  readProtoLock,
  type LockedField,
  type LockedMessage,
  type ProtoLock,
} from './proto/proto-lock.js';
export { protoServiceName, type ProtoHandler, type ProtoService } from './proto/proto-service.js';
export { ProtoRpcCodec } from './proto-rpc.js';
export {
  anythingKeyword,
  enumKeyword,
  messageKeyword,
  oneofKeyword,
  presenceKeyword,
  type Anything,
} from './plan/keywords.js';
