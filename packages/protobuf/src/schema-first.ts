export { protoDescription } from './schema-first/proto-description.js';
export { ProtoMessage } from './schema-first/proto-message.js';
export { parseProto, protoSchema } from './schema-first/proto-schema.js';
