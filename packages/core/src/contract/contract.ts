import { defaultBackoff, type BackoffOptions } from '../broker/retry-policy.js';
import type { EndpointRecord } from '../registry/node-record.js';
import type { JsonSchema } from '../schema/json-schema.js';
import type { MessageSchema } from '../schema/message-schema.js';
import type { ServiceDefinition } from '../service/definition.js';
import { ownPrefix } from '../service/service.js';
import type { SubscriptionDefinition } from '../service/subscription-definition.js';

/**
 * What an application offers to others, and takes from them: everything that its decorators say about calls and messages, as
 * plain data. Documents are made of it; nothing of the application needs to run.
 */
export interface Contract {
  /** The root module's name. */
  readonly application: string;
  /** Sorted by name. */
  readonly services: readonly ServiceContract[];
}

export interface ServiceContract {
  readonly name: string;
  /** A semantic version. */
  readonly version: string;
  readonly description?: string;
  /** Sorted by name. */
  readonly handlers: readonly EndpointRecord[];
  /** Sorted by method and topic. */
  readonly subscriptions: readonly SubscriptionContract[];
  /** What `@Service` says that it publishes, sorted by topic. */
  readonly publishes: readonly TopicContract[];
}

/** A topic, from one side of it. */
export interface TopicContract {
  readonly topic: string;
  readonly description?: string;
  /** JSON Schema (2020-12) of a message; absent where anything may be one. */
  readonly message?: JsonSchema;
}

/** What a `@Subscribe` takes. */
export interface SubscriptionContract {
  /** The method. */
  readonly name: string;
  readonly description?: string;
  /** Its topic may be a pattern. */
  readonly from: TopicContract;
  /** As the engine calls it, `stock.orders.placed`; absent for a broadcast. */
  readonly queue?: string;
  readonly attempts: number;
  readonly backoff: Required<BackoffOptions>;
  readonly deadLetter: boolean;
  readonly concurrency: number;
  readonly ackTimeoutMs: number;
  /** Messages of one key are handled in their order. */
  readonly ordered: boolean;
  /** How long a message that was handled is left out when it comes again, in ms. */
  readonly dedupeWindowMs?: number;
  /** Where a new queue begins. */
  readonly begins: 'now' | 'earliest';
}

export function contractOf(application: string, services: readonly ServiceDefinition[]): Contract {
  // Not those by which Skerry's own parts talk to each other.
  const own = services.filter(({ name }) => !name.startsWith(ownPrefix));
  return { application, services: own.map(serviceContract).sort(by(({ name }) => name)) };
}

function serviceContract(service: ServiceDefinition): ServiceContract {
  const { name, version, description, handlers, subscriptions, publishes } = service;
  return {
    ...{ name, version },
    ...(description ? { description } : {}),
    handlers: handlers.map(endpointRecord),
    subscriptions: subscriptions.map(subscriptionContract).sort(by((each) => `${each.name} ${each.from.topic}`)),
    publishes: publishes
      .map(({ name: topic, schema, description: about }) => topicContract(topic, about, schema))
      .sort(by(({ topic }) => topic)),
  };
}

/** A handler as those who call it need to know it. */
export function endpointRecord(handler: ServiceDefinition['handlers'][number]): EndpointRecord {
  const { name, kind, idempotent, readOnly, description, request, reply } = handler;
  return {
    ...{ name, kind, idempotent, readOnly },
    ...(description ? { description } : {}),
    ...(request ? { request: request.jsonSchema } : {}),
    ...(reply ? { reply: reply.jsonSchema } : {}),
  };
}

function subscriptionContract(subscription: SubscriptionDefinition): SubscriptionContract {
  const { name, description, topicDescription, plan, message, ackTimeoutMs } = subscription;
  const { topic, queue, attempts, backoff, deadLetter, concurrency, ordered, dedupe, from } = plan;
  return {
    name,
    ...(description ? { description } : {}),
    from: topicContract(topic, topicDescription, message),
    ...(queue === undefined ? {} : { queue }),
    ...{ attempts, backoff: { ...defaultBackoff, ...backoff }, deadLetter, concurrency, ackTimeoutMs, ordered },
    ...(dedupe ? { dedupeWindowMs: dedupe.windowMs } : {}),
    begins: from,
  };
}

function topicContract(topic: string, description?: string, schema?: MessageSchema): TopicContract {
  return {
    topic,
    ...(description ? { description } : {}),
    ...(schema ? { message: schema.jsonSchema } : {}),
  };
}

/** For sorting: the same everywhere, whatever the language of the machine. */
export function by<T>(key: (each: T) => string): (a: T, b: T) => number {
  return (a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);
}
