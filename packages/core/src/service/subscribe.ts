import 'reflect-metadata';
import type { BackoffOptions } from '../broker/retry-policy.js';
import type { Delivery } from '../broker/delivery.js';
import type { Topic } from '../broker/topic.js';
import type { Class, Token } from '../container/token.js';
import type { MessageType } from './handler.js';
import type { ErrorMapper, Guard, Interceptor } from './pipeline.js';

const key = Symbol.for('skerry.subscriptions');

export interface SubscribeOptions {
  /** What it does with the messages, for documents: `skerry asyncapi`. Default: none. */
  readonly description?: string;
  /**
   * Instances and services that name the same one share the messages of the topic: each message goes to one of them. Default:
   * none, and every instance gets every message that is published while it runs.
   */
  readonly queue?: string;
  /** How often a message is tried before it is given up. Default 5. */
  readonly attempts?: number;
  /** How long it waits between two attempts. Default: 1 s, then twice as long each time, at most 60 s. */
  readonly backoff?: BackoffOptions;
  /** What is given up is kept aside, for `skerry dlq`; otherwise it is gone. Default `true` with a queue, `false` without. */
  readonly deadLetter?: boolean;
  /** Messages that are handled at once, by this instance. Default 10. */
  readonly concurrency?: number;
  /** `key`: messages with one key are handled in their order, one at a time, by all instances together. Default: no order. */
  readonly orderBy?: 'key';
  /**
   * Leaves out messages whose id the queue has handled already, within a window of 24 hours or as long as is said. Default:
   * none, and a message may be handled twice when an instance dies or the engine is lost.
   */
  readonly dedupe?: boolean | { readonly windowMs: number };
  /** How long one attempt may take, in ms; then it has failed, and its context's signal is aborted. Default 30,000. */
  readonly ackTimeoutMs?: number;
  /** Where a queue begins that does not exist yet: with what comes, or with what the engine still has. Default `now`. */
  readonly from?: 'now' | 'earliest';
  /** Class of the message. Default: the topic's, or else the type of the first parameter. */
  readonly message?: MessageType;
  /** As for handlers; what a guard refuses has failed. */
  readonly guards?: readonly Token<Guard>[];
  /** As for handlers. */
  readonly interceptors?: readonly Token<Interceptor>[];
  /** As for handlers; what they make of an error decides whether it is tried again. */
  readonly errorMappers?: readonly Token<ErrorMapper>[];
}

/** What a subscriber may look like: asynchronous, taking the message and its delivery, or fewer. */
export type SubscriberMethod = (message: never, delivery: Delivery) => Promise<unknown>;

export interface DeclaredSubscription extends SubscribeOptions {
  readonly method: string;
  readonly on: string | Topic<never>;
}

/**
 * Gives a method of a `@Service` the messages of a topic. When it returns, the message is acknowledged; when it throws, the
 * message is delivered again after a while, until its attempts are used up; `throw new Reject(...)` gives it up at once.
 *
 *     @Subscribe(orderPlaced, { queue: 'stock' })
 *     async reserve(order: OrderPlaced, delivery: Delivery): Promise<void> { ... }
 *
 * @param on A {@link Topic}, its name, or a pattern where the engine can: `orders.*`, `orders.#`.
 */
export function Subscribe<T>(on: string | Topic<T>, options: SubscribeOptions = {}) {
  return <M extends SubscriberMethod>(
    target: object,
    method: string,
    _descriptor: TypedPropertyDescriptor<M>,
  ): void => {
    const own = Reflect.getOwnMetadata(key, target) as DeclaredSubscription[] | undefined;
    const subscription: DeclaredSubscription = { ...options, method, on: on as Topic<never> | string };
    if (own) own.push(subscription);
    else Reflect.defineMetadata(key, [subscription], target);
  };
}

/** The subscriptions of a class and its parents. A method may have several. */
export function declaredSubscriptions(type: Class): readonly DeclaredSubscription[] {
  const found: DeclaredSubscription[] = [];
  for (
    let each = type.prototype as object | null;
    each && each !== Object.prototype;
    each = Object.getPrototypeOf(each) as object | null
  ) {
    const own = Reflect.getOwnMetadata(key, each) as DeclaredSubscription[] | undefined;
    // A method that is subscribed again in a subclass has only what is said there.
    const overridden = new Set(found.map(({ method }) => method));
    found.unshift(...(own ?? []).filter(({ method }) => !overridden.has(method)));
  }
  return found;
}
