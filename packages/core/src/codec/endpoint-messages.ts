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
const described = new WeakMap<Codec, WeakMap<JsonSchema, MessageCodec>>();

/** Compiled when it is first asked for, and the same ever after for the same two objects. */
export function endpointMessages(codec: Codec, endpoint: EndpointSchemas): EndpointMessages {
  let ofCodec = compiled.get(codec);
  if (!ofCodec) compiled.set(codec, (ofCodec = new WeakMap()));
  let messages = ofCodec.get(endpoint);
  if (!messages) {
    messages = { request: messageCodec(codec, endpoint.request), reply: messageCodec(codec, endpoint.reply) };
    ofCodec.set(endpoint, messages);
  }
  return messages;
}

/** How a codec writes the messages of one schema, compiled when it is first asked for; the codec itself where nothing describes them. */
export function messageCodec(codec: Codec, schema: JsonSchema | undefined): MessageCodec {
  if (!schema || !codec.forSchema) return codec;
  let ofCodec = described.get(codec);
  if (!ofCodec) described.set(codec, (ofCodec = new WeakMap()));
  let messages = ofCodec.get(schema);
  if (!messages) ofCodec.set(schema, (messages = codec.forSchema(schema)));
  return messages;
}
