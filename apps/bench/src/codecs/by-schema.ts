import { messageSchema, type Codec } from '@skerry/core';
import { kinds, type Bytes, type CodecContender } from './contender.js';
import { classes } from './messages.js';

/** A codec of Skerry as handlers get it: made for the schema of the message's class. */
export function bySchema(codec: Codec): CodecContender {
  const made = kinds.map((kind): [string, Bytes] => {
    const { jsonSchema } = messageSchema(classes[kind]);
    return [kind, codec.forSchema?.(jsonSchema) ?? codec];
  });
  return Object.fromEntries(made) as CodecContender;
}
