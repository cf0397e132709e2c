import { brokerHeader } from '../broker/broker.js';
import type { Delivery } from '../broker/delivery.js';
import type { DeliveryHandler } from '../broker/delivery-processor.js';
import type { Clock } from '../clock/clock.js';
import { essenceOf, type Codecs } from '../codec/codecs.js';
import { messageCodec } from '../codec/endpoint-messages.js';
import { Context } from '../context/context.js';
import { fromMetadata } from '../context/propagation.js';
import { parseTraceParent } from '../context/trace-parent.js';
import { SkerryError } from '../errors/skerry-error.js';
import type { JsonSchema } from '../schema/json-schema.js';
import type { ServiceDefinition } from '../service/definition.js';
import type { SubscriptionDefinition } from '../service/subscription-definition.js';
import type { CallObserver } from './call-observer.js';
import { compose, composeErrors, type Pipeline } from './compose.js';

/** What the application made for one subscription. */
export interface SubscriberParts {
  /** Gives the service's instance for the running delivery, or a promise of it. */
  readonly instance: () => unknown;
  readonly pipeline: Pipeline;
  readonly clock: Clock;
  /** Messages are read in each of these, by their content type. */
  readonly codecs: Codecs;
  readonly observer?: CallObserver | undefined;
}

/**
 * What runs for each delivery of a subscription, composed at boot: decode, validate, guards, interceptors, method; in a context of its
 * own, with the trace, the baggage and the caller that the publisher sent along.
 */
export function composeSubscriber(
  service: ServiceDefinition,
  subscription: SubscriptionDefinition,
  { instance, pipeline, clock, codecs, observer }: SubscriberParts,
): DeliveryHandler {
  const { name: method, message: schema, ackTimeoutMs, plan } = subscription;
  const name = `${service.name}.${method}`;
  const deliveries = new WeakMap<Context, Delivery>();
  const invoke = (owner: Methods, request: unknown, delivery: Delivery): unknown =>
    schema ? owner[method]!(request, delivery) : owner[method]!(delivery);
  const onInstance = (request: unknown, context: Context): unknown => {
    const delivery = deliveries.get(context)!;
    const owner = instance();
    return owner instanceof Promise
      ? owner.then((ready: Methods) => invoke(ready, request, delivery))
      : invoke(owner as Methods, request, delivery);
  };
  const about = { service: service.name, handler: method, kind: 'event' } as const;
  const handle = compose(onInstance, pipeline, about);
  const mapError = composeErrors(pipeline, about);

  return async (delivery) => {
    const context = contextOf(clock, delivery, name, ackTimeoutMs);
    deliveries.set(context, delivery);
    const observed = observer?.({ ...about, topic: delivery.topic, context });
    let request: unknown;
    const run = async (): Promise<void> => {
      request =
        schema && (await schema.parse(decoded(codecs, delivery, schema.jsonSchema), `a message of ${plan.topic}`));
      await handle(request, context);
    };
    try {
      await beforeDeadline(context, name, ackTimeoutMs, context.run(run));
      observed?.(delivery.nacked ? 'SKERRY_BROKER_NACKED' : undefined);
    } catch (thrown) {
      const error: unknown = mapError ? context.run(() => mapError(thrown, request, context)) : thrown;
      observed?.(SkerryError.is(error) ? error.code : 'SKERRY_RPC_INTERNAL');
      throw error;
    } finally {
      context.finish();
    }
  };
}

type Methods = Readonly<Record<string, (...args: unknown[]) => unknown>>;

function contextOf(clock: Clock, delivery: Delivery, operation: string, ackTimeoutMs: number): Context {
  const { headers } = delivery.message;
  const { metadata, carried } = fromMetadata(headers);
  const trace = parseTraceParent(headers[brokerHeader.traceParent] ?? '');
  const { [brokerHeader.callerService]: service, [brokerHeader.callerNode]: node } = headers;
  return new Context(clock, {
    ...carried,
    operation,
    metadata,
    deadline: clock.now() + ackTimeoutMs,
    idempotencyKey: delivery.id,
    attempt: delivery.attempt,
    ...(trace ? { traceId: trace.traceId, parentSpanId: trace.spanId, traceFlags: trace.traceFlags } : {}),
    ...(service && node ? { caller: { service, node } } : {}),
  });
}

function decoded(codecs: Codecs, { message, topic }: Delivery, schema: JsonSchema): unknown {
  const codec = codecs.forContentType(message.contentType);
  if (codec) return messageCodec(codec, schema).decode(message.body);
  const type = essenceOf(message.contentType) || 'of no content type';
  const why = `a message of ${topic} is ${type}, and not ${codecs.contentTypes.join(' or ')}`;
  throw new SkerryError('SKERRY_CODEC_DECODE_FAILED', why);
}

/** Rejects when the context's time is over, whatever becomes of the work: its signal has told it. */
function beforeDeadline(context: Context, name: string, limitMs: number, work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const unlisten = context.onCancel(() =>
      reject(
        new SkerryError('SKERRY_RPC_DEADLINE_EXCEEDED', `${name} did not handle the message within ${limitMs} ms`, {
          retryable: true,
        }),
      ),
    );
    work.then(
      () => {
        unlisten();
        resolve();
      },
      (error: unknown) => {
        unlisten();
        reject(error as Error);
      },
    );
  });
}
