import { by, type Contract, type ServiceContract, type SubscriptionContract, type TopicContract } from './contract.js';
import { Channels } from './asyncapi-channels.js';
import { documentVersion, serviceTags, type DocumentOptions } from './document.js';

/** An AsyncAPI document, ready for JSON or YAML. */
export type AsyncApiDocument = { readonly asyncapi: '3.0.0' } & Readonly<Record<string, unknown>>;

/**
 * An application's events as [AsyncAPI 3.0](https://www.asyncapi.com/docs/reference/specification/v3.0.0): a channel for each
 * topic, a `receive` operation for each `@Subscribe`, a `send` operation for each topic that a `@Service` says that it
 * `publishes`. What AsyncAPI has no word for stands in `x-skerry-` extensions. Servers and bindings are left out: which engine
 * carries the messages is decided where the application runs.
 *
 * Everything is sorted, so that the same application gives the same text.
 */
export function asyncApi(contract: Contract, options: DocumentOptions = {}): AsyncApiDocument {
  const channels = new Channels();
  const operations = new Map<string, unknown>();
  const involved = contract.services.filter(
    ({ subscriptions, publishes }) => subscriptions.length + publishes.length > 0,
  );
  for (const service of involved) {
    for (const each of service.subscriptions) {
      operations.set(
        free(`${service.name}.${each.name}`, each.from.topic, operations),
        receive(service, each, channels),
      );
    }
    for (const each of service.publishes) {
      operations.set(`${service.name}.publish.${each.topic}`, send(service, each, channels));
    }
  }
  return {
    asyncapi: '3.0.0',
    info: {
      title: options.title ?? contract.application,
      version: options.version ?? documentVersion(contract),
      ...(options.description ? { description: options.description } : {}),
      tags: serviceTags(involved),
    },
    defaultContentType: 'application/json',
    channels: channels.all,
    operations: Object.fromEntries([...operations].sort(by(([id]) => id))),
    components: channels.components,
  };
}

function receive(service: ServiceContract, subscription: SubscriptionContract, channels: Channels): object {
  const { name, description, from, queue, attempts, backoff, deadLetter } = subscription;
  const { concurrency, ackTimeoutMs, ordered, dedupeWindowMs, begins } = subscription;
  return {
    action: 'receive',
    ...channels.references(from),
    title: `${service.name}.${name}`,
    ...(description ? { description } : {}),
    tags: [{ name: service.name }],
    'x-skerry-delivery': queue === undefined ? 'broadcast' : 'queue',
    ...(queue === undefined ? {} : { 'x-skerry-queue': queue }),
    'x-skerry-attempts': attempts,
    'x-skerry-backoff': backoff,
    'x-skerry-dead-letter': deadLetter,
    ...(ordered ? { 'x-skerry-order': 'key' } : {}),
    ...(dedupeWindowMs === undefined ? {} : { 'x-skerry-dedupe': { windowMs: dedupeWindowMs } }),
    'x-skerry-concurrency': concurrency,
    'x-skerry-ack-timeout-ms': ackTimeoutMs,
    'x-skerry-from': begins,
  };
}

function send(service: ServiceContract, published: TopicContract, channels: Channels): object {
  return {
    action: 'send',
    ...channels.references(published),
    title: `${service.name} publishes ${published.topic}`,
    tags: [{ name: service.name }],
  };
}

/** A method that is subscribed to several topics has an operation for each. */
function free(id: string, topic: string, taken: ReadonlyMap<string, unknown>): string {
  if (!taken.has(id)) return id;
  const words = `${id}.${topic.replaceAll('*', 'any').replaceAll('#', 'all')}`;
  let name = words;
  for (let count = 2; taken.has(name); count++) name = `${words}.${count}`;
  return name;
}
