import type { Context } from '../context/context.js';
import type { MessageSchema } from '../schema/message-schema.js';
import { takesMany, type HandlerDefinition, type ServiceDefinition } from '../service/definition.js';

/** One handler, composed at boot into plain functions: nothing is looked up when it is called. */
export interface Endpoint {
  readonly service: string;
  /** Id of the node that serves it. */
  readonly node: string;
  readonly handler: HandlerDefinition;
  /** `service.handler`. */
  readonly name: string;
  /**
   * Checks a decoded message, or each of many (an async iterable of them), and runs the handler with it. Gives what the handler gives, or a promise of it where the
   * check or the instance is asynchronous. Throws, or rejects with, what the handler or the check throws.
   */
  readonly run: (message: unknown, context: Context) => unknown;
}

/** @param instance Gives the service's instance for the running call, or a promise of it. */
export function composeEndpoint(
  service: ServiceDefinition,
  handler: HandlerDefinition,
  node: string,
  instance: () => unknown,
): Endpoint {
  const name = `${service.name}.${handler.name}`;
  const { request } = handler;
  // A handler without a message gets the context in its place.
  const invoke = request
    ? (owner: Methods, message: unknown, context: Context) => owner[handler.name]!(message, context)
    : (owner: Methods, _message: unknown, context: Context) => owner[handler.name]!(context);
  const onInstance = (message: unknown, context: Context): unknown => {
    const owner = instance();
    return owner instanceof Promise
      ? owner.then((ready: Methods) => invoke(ready, message, context))
      : invoke(owner as Methods, message, context);
  };
  const what = `the request of ${name}`;
  const runMany = (messages: unknown, context: Context): unknown =>
    onInstance(checkedEach(messages as AsyncIterable<unknown>, request!, what), context);
  const runOne = (message: unknown, context: Context): unknown => {
    const checked = request ? request.parse(message, what) : undefined;
    return checked instanceof Promise
      ? checked.then((ready) => onInstance(ready, context))
      : onInstance(checked, context);
  };
  return { service: service.name, node, handler, name, run: takesMany(handler.kind) ? runMany : runOne };
}

type Methods = Readonly<Record<string, (...args: unknown[]) => unknown>>;

/** Each message checked when the handler comes to it; the first that is wrong ends the loop with a `ValidationError`. */
async function* checkedEach(
  messages: AsyncIterable<unknown>,
  schema: MessageSchema,
  what: string,
): AsyncGenerator<unknown> {
  for await (const message of messages) yield await Promise.resolve(schema.parse(message, what));
}
