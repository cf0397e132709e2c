import { MsgpackCodec } from '@skerry/msgpack';
import { bySchema } from '../by-schema.js';

export const contender = bySchema(new MsgpackCodec());
