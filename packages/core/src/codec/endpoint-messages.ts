import type { JsonSchema } from '../schema/json-schema.js';
import type { Codec, MessageCodec } from './codec.js';

/** What is known of the messages of a handler: by its class where it is served, by its registry record where it is called. */
export interface EndpointSchemas {
  readonly request?: JsonSchema | undefined;
  readonly reply?: JsonSchema | undefined;
}

/** How one codec writes the messages of one handler. */
export interface EndpointMessages {
  readonly request: MessageCodec;
  readonly reply: MessageCodec;
}

const compiled = new WeakMap<Codec, WeakMap<EndpointSchemas, EndpointMessages>>();

/** Compiled when it is first asked for, and the same ever after for the same two objects. */
export function endpointMessages(codec: Codec, endpoint: EndpointSchemas): EndpointMessages {
  let ofCodec = compiled.get(codec);
  if (!ofCodec) compiled.set(codec, (ofCodec = new WeakMap()));
  let messages = ofCodec.get(endpoint);
  if (!messages) {
    messages = { request: compile(codec, endpoint.request), reply: compile(codec, endpoint.reply) };
    ofCodec.set(endpoint, messages);
  }
  return messages;
}

function compile(codec: Codec, schema: JsonSchema | undefined): MessageCodec {
  return (schema && codec.forSchema?.(schema)) ?? codec;
}
