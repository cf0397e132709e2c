import { isPattern, isTopic } from '../broker/topic.js';
import type { SubscriptionPlan } from '../broker/subscription-plan.js';
import type { Class } from '../container/token.js';
import { SkerryError } from '../errors/skerry-error.js';
import { messageSchema, type MessageSchema } from '../schema/message-schema.js';
import type { DefinitionFault, StageTokens } from './definition.js';
import { messageType } from './message-type.js';
import type { DeclaredSubscription } from './subscribe.js';

/** A subscription as the application needs it: plain data, read from the decorators once, at boot. */
export interface SubscriptionDefinition {
  /** The method that handles the messages. */
  readonly name: string;
  /** Its queue is `undefined` for a broadcast: each instance has its own. */
  readonly plan: Omit<SubscriptionPlan, 'queue'> & { readonly queue: string | undefined };
  readonly description?: string;
  /** What the topic says about itself. */
  readonly topicDescription?: string;
  readonly ackTimeoutMs: number;
  /** Absent for a method that takes no message. */
  readonly message?: MessageSchema;
  readonly stages: StageTokens;
}

const validQueue = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;
const dayMs = 86_400_000;
// For what comes after the handler: the record that the message was handled.
const leaseMarginMs = 10_000;

export function defineSubscription(
  type: Class,
  declared: DeclaredSubscription,
): SubscriptionDefinition | Omit<DefinitionFault, 'handler'> {
  const { method, on, queue, concurrency = 10, attempts = 5, ackTimeoutMs = 30_000, from = 'now' } = declared;
  const topic = typeof on === 'string' ? on : (on as { name?: string } | undefined)?.name;
  const body = (type.prototype as Record<string, unknown>)[method];
  if (typeof body !== 'function') return { message: 'it is no method', fix: 'decorate a method' };
  if (topic === undefined || !(isTopic(topic) || isPattern(topic))) {
    return {
      message: `it subscribes to ${String(topic)}, which is no topic`,
      fix: "write words separated by '.': @Subscribe('orders.placed'); a Topic that is undefined is mostly imported in a circle of files",
    };
  }
  if (queue !== undefined && !validQueue.test(queue)) {
    return { message: `'${queue}' cannot be a queue's name`, fix: "use letters, digits, '-' and '_', at most 100" };
  }
  for (const [name, value] of Object.entries({ concurrency, attempts })) {
    if (!(Number.isInteger(value) && value > 0)) {
      return { message: `its ${name} is ${value}`, fix: `give a whole number, 1 or more: { ${name}: 5 }` };
    }
  }
  if (!(ackTimeoutMs > 0 && ackTimeoutMs < 2 ** 31)) {
    return { message: `its ackTimeoutMs is ${ackTimeoutMs}`, fix: 'give milliseconds, more than 0' };
  }
  const windowMs = typeof declared.dedupe === 'object' ? declared.dedupe.windowMs : dayMs;
  const schema = schemaOf(type, declared, body.length);
  if (schema && 'message' in schema) return schema;
  const { guards = [], interceptors = [], errorMappers = [], backoff, deadLetter = queue !== undefined } = declared;
  const topicDescription = typeof on === 'string' ? undefined : on.description;
  return {
    name: method,
    ...(declared.description ? { description: declared.description } : {}),
    ...(topicDescription ? { topicDescription } : {}),
    plan: {
      topic,
      queue: queue === undefined ? undefined : `${queue}.${plain(topic)}`,
      broadcast: queue === undefined,
      ...{ attempts, backoff, deadLetter, concurrency, from },
      // Enough to go on with while what was handled is being settled.
      prefetch: concurrency * 2,
      ordered: declared.orderBy === 'key',
      dedupe: declared.dedupe ? { windowMs, leaseMs: ackTimeoutMs + leaseMarginMs } : undefined,
    },
    ackTimeoutMs,
    ...(schema ? { message: schema.schema } : {}),
    stages: { guards, interceptors, errorMappers },
  };
}

/** A pattern in the letters that engines allow in names. */
export function plain(topic: string): string {
  return topic.replaceAll('*', '-any-').replaceAll('#', '-all-');
}

function schemaOf(
  type: Class,
  declared: DeclaredSubscription,
  arity: number,
): { schema: MessageSchema } | Omit<DefinitionFault, 'handler'> | undefined {
  const { on, message } = declared;
  if (!message && typeof on !== 'string' && on.schema) return { schema: on.schema };
  const found = messageType(type, { method: declared.method, given: message, option: 'message' }, arity);
  if (!found || 'message' in found) return found;
  try {
    return { schema: messageSchema(found.type) };
  } catch (error) {
    if (!SkerryError.is(error)) throw error;
    return { message: error.message.replace(/\.$/, ''), fix: 'mend the decorators of the message class' };
  }
}
