import type { Context } from '../context/context.js';
import type { MessageSchema } from '../schema/message-schema.js';
import { compose, composeErrors, type Pipeline } from './compose.js';
import type { Limiter } from './limiter.js';
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
  /** What the caller gets for what the handler threw. Absent where nobody maps errors. May throw. */
  readonly mapError?: ((thrown: unknown, message: unknown, context: Context) => unknown) | undefined;
  /** What bounds its calls: the handler's own limit, then the service's. */
  readonly limiters: readonly Limiter[];
}

/** What the application made for one handler. */
export interface EndpointParts {
  readonly node: string;
  /** Gives the service's instance for the running call, or a promise of it. */
  readonly instance: () => unknown;
  readonly pipeline: Pipeline;
  readonly limiters: readonly Limiter[];
}

export function composeEndpoint(
  service: ServiceDefinition,
  handler: HandlerDefinition,
  { node, instance, pipeline, limiters }: EndpointParts,
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
  const about = { service: service.name, handler: handler.name, kind: handler.kind };
  const handle = compose(onInstance, pipeline, about);
  const what = `the request of ${name}`;
  const runMany = (messages: unknown, context: Context): unknown =>
    handle(checkedEach(messages as AsyncIterable<unknown>, request!, what), context);
  const runOne = (message: unknown, context: Context): unknown => {
    const checked = request ? request.parse(message, what) : undefined;
    return checked instanceof Promise ? checked.then((ready) => handle(ready, context)) : handle(checked, context);
  };
  const run = takesMany(handler.kind) ? runMany : runOne;
  const mapError = composeErrors(pipeline, about);
  return { service: service.name, node, handler, name, run, mapError, limiters };
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
