export { ProtobufCodec } from './protobuf-codec.js';
