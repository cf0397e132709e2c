import { ProtobufCodec } from '@skerry/protobuf';
import { bySchema } from '../by-schema.js';

export const contender = bySchema(new ProtobufCodec());
