import { JsonCodec } from '@skerry/core';
import { bySchema } from '../by-schema.js';

/** Where the schema says nothing that JSON cannot say, as of orders and baskets, it is the plain one. */
export const contender = bySchema(new JsonCodec());
