import { brokerHeader } from '../broker/broker.js';
import { isPattern } from '../broker/topic.js';
import { reserved } from '../context/propagation.js';
import type { JsonSchema } from '../schema/json-schema.js';
import { by, type TopicContract } from './contract.js';
import { SharedSchemas } from './shared-schemas.js';

/** The channels of an AsyncAPI document, with the messages and schemas that they share. */
export class Channels {
  private readonly channels = new Map<string, Channel>();
  private readonly messages = new Map<string, object>();
  private readonly names = new Map<string, string>();
  private readonly schemas = new SharedSchemas('#/components/schemas/');

  /** What an operation says about its channel, and the messages of it that it is about. */
  references(topic: TopicContract): object {
    const id = channelId(topic.topic);
    const message = this.message(topic);
    const channel = this.channels.get(id) ?? { topic: topic.topic, messages: new Set() };
    this.channels.set(id, channel);
    channel.messages.add(message);
    channel.description ??= topic.description;
    return {
      channel: { $ref: `#/channels/${id}` },
      messages: [{ $ref: `#/channels/${id}/messages/${message}` }],
    };
  }

  get all(): object {
    const sorted = [...this.channels].sort(by(([id]) => id));
    return Object.fromEntries(sorted.map(([id, channel]) => [id, channelObject(channel)]));
  }

  get components(): object {
    return {
      messages: Object.fromEntries([...this.messages].sort(by(([name]) => name))),
      schemas: this.schemas.schemas,
    };
  }

  /** The same class is the same message on every topic. */
  private message({ message }: TopicContract): string {
    const payload = message && this.schemas.add(message);
    const key = payload ? JSON.stringify(payload) : '';
    const found = this.names.get(key);
    if (found !== undefined) return found;
    // A class is called by the name that its schema got.
    const reference = payload?.['$ref'];
    const wanted = typeof reference === 'string' ? reference.slice(reference.lastIndexOf('/') + 1) : bareName(payload);
    let name = wanted;
    for (let count = 2; this.messages.has(name); count++) name = `${wanted}${count}`;
    this.names.set(key, name);
    this.messages.set(name, {
      name,
      contentType: 'application/json',
      headers: messageHeaders,
      ...(payload ? { payload } : {}),
      'x-skerry-envelope': envelope,
    });
    return name;
  }
}

interface Channel {
  readonly topic: string;
  description?: string | undefined;
  readonly messages: Set<string>;
}

function channelObject({ topic, description, messages }: Channel): object {
  const references = [...messages].sort().map((name) => [name, { $ref: `#/components/messages/${name}` }]);
  const { address, parameters } = addressOf(topic);
  return {
    address,
    ...(description ? { description } : {}),
    messages: Object.fromEntries(references) as object,
    ...(Object.keys(parameters).length > 0 ? { parameters } : {}),
    ...(isPattern(topic) ? { 'x-skerry-pattern': topic } : {}),
  };
}

/** Patterns in letters that stand for themselves in references. */
function channelId(topic: string): string {
  return topic.replaceAll('*', '-any-').replaceAll('#', '-all-');
}

/** What AsyncAPI writes for a pattern: `orders.{word1}`. */
function addressOf(topic: string): { address: string; parameters: Record<string, object> } {
  const parameters: Record<string, object> = {};
  const words = topic.split('.').map((word, index) => {
    if (word !== '*' && word !== '#') return word;
    const name = word === '*' ? `word${index + 1}` : 'rest';
    parameters[name] = {
      description: word === '*' ? 'One word.' : 'Any number of words separated by dots, also none.',
    };
    return `{${name}}`;
  });
  return { address: words.join('.'), parameters };
}

/** Of a message without a class. */
function bareName(payload: JsonSchema | undefined): string {
  const type = payload?.['type'];
  return typeof type === 'string' ? type : payload ? 'anything' : 'undescribed';
}

const text = (description: string): JsonSchema => ({ type: 'string', description });

/** Those that Skerry writes, and any that the publisher added. */
const messageHeaders: JsonSchema = {
  type: 'object',
  properties: {
    [brokerHeader.callerService]: text('The service or application that published it.'),
    [brokerHeader.callerNode]: text('Its node.'),
    [brokerHeader.traceParent]: text('W3C Trace Context of the call in which it was published; absent outside of one.'),
    [reserved.traceState]: text('W3C Trace Context, tracestate.'),
    [reserved.baggage]: text('W3C Baggage.'),
  },
  required: [brokerHeader.callerService, brokerHeader.callerNode],
  additionalProperties: { type: 'string' },
};

/** What each engine carries beside headers and payload, in its own way. */
const envelope: JsonSchema = {
  type: 'object',
  properties: {
    id: text('Names the message, the same for every time that it is published or delivered again.'),
    key: text('Messages with the same one keep their order, for subscriptions with x-skerry-order.'),
    publishedAt: { type: 'integer', description: "By the publisher's clock, in ms since 1970." },
  },
  required: ['id', 'publishedAt'],
};
