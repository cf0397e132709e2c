import { BsonCodec } from '@skerry/bson';
import { bySchema } from '../by-schema.js';

export const contender = bySchema(new BsonCodec());
