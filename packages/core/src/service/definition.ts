import type { EndpointSchemas } from '../codec/endpoint-messages.js';
import { isTopic, Topic } from '../broker/topic.js';
import type { Class, Token } from '../container/token.js';
import { SkerryError } from '../errors/skerry-error.js';
import { messageSchema, type MessageSchema } from '../schema/message-schema.js';
import { isProse } from '../registry/check-node-record.js';
import type { EndpointKind } from '../registry/node-record.js';
import { declaredHandlers, type DeclaredHandler } from './handler.js';
import { messageType, suggestion } from './message-type.js';
import type { ErrorMapper, Guard, Interceptor } from './pipeline.js';
import { declaredService, ownPrefix, type DeclaredService } from './service.js';
import { declaredSubscriptions } from './subscribe.js';
import { defineSubscription, type SubscriptionDefinition } from './subscription-definition.js';

/** A service as the pipelines need it: plain data, read from the decorators once, at boot. */
export interface ServiceDefinition {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly type: Class;
  /** Sorted by name. */
  readonly handlers: readonly HandlerDefinition[];
  readonly subscriptions: readonly SubscriptionDefinition[];
  /** What it says that it publishes. */
  readonly publishes: readonly Topic[];
  readonly limit?: CallLimit;
  readonly stages: StageTokens;
}

/** How many calls run at once, and how many more wait. */
export interface CallLimit {
  readonly concurrency: number;
  readonly queue: number;
}

/** What stands between a call and its handler, as it was declared. */
export interface StageTokens {
  readonly guards: readonly Token<Guard>[];
  readonly interceptors: readonly Token<Interceptor>[];
  readonly errorMappers: readonly Token<ErrorMapper>[];
}

export interface HandlerDefinition {
  /** The method, which is also the name that callers use. */
  readonly name: string;
  readonly description?: string;
  readonly kind: EndpointKind;
  readonly idempotent: boolean;
  readonly readOnly: boolean;
  /** Absent for a handler that takes no message. */
  readonly request?: MessageSchema;
  readonly reply?: MessageSchema;
  /** Of both, as codecs need them. */
  readonly schemas: EndpointSchemas;
  readonly limit?: CallLimit;
  readonly stages: StageTokens;
}

/** What keeps a class from being served: which handler (none: the service itself), why, and what to do. */
export interface DefinitionFault {
  readonly handler?: string;
  readonly message: string;
  readonly cause?: string;
  readonly fix: string;
}

const validName = /^[a-z][\w.-]{0,99}$/i;
const validVersion = /^\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/;

/** Reads a class with `@Service`. */
export function defineService(type: Class): { service: ServiceDefinition; faults: readonly DefinitionFault[] } {
  const declared = declaredService(type)!;
  const { name, version = '0.0.0', metadata = {} } = declared;
  const faults: DefinitionFault[] = [];
  if (!validName.test(name)) {
    faults.push({
      message: `'${name}' cannot be a service's name`,
      fix: "begin with a letter; use letters, digits, '-', '_' and '.', at most 100 in all: @Service('orders')",
    });
  }
  if (name.startsWith(ownPrefix) && !declared.own) {
    const rest = name.slice(ownPrefix.length);
    faults.push({
      message: `names that begin with '${ownPrefix}', such as '${name}', are Skerry's own, which no list and no document shows`,
      fix: `give it another name: @Service('${validName.test(rest) ? rest : 'orders'}')`,
    });
  }
  if (!validVersion.test(version)) {
    faults.push({ message: `'${version}' is no semantic version`, fix: `write three numbers: { version: '1.2.0' }` });
  }
  const limit = limitOf(declared);
  if (limit && 'message' in limit) faults.push(limit);
  const handlers: HandlerDefinition[] = [];
  for (const handler of declaredHandlers(type)) {
    const defined = defineHandler(type, handler);
    if ('name' in defined) handlers.push(defined);
    else faults.push({ handler: handler.method, ...defined });
  }
  handlers.sort((a, b) => (a.name < b.name ? -1 : 1));
  const subscriptions: SubscriptionDefinition[] = [];
  for (const each of declaredSubscriptions(type)) {
    const defined = defineSubscription(type, each);
    if ('plan' in defined) subscriptions.push(defined);
    else faults.push({ handler: each.method, ...defined });
  }
  const publishes = publishedTopics(declared, faults);
  const limited = limit && !('message' in limit) ? { limit } : {};
  const stages = stagesOf(declared);
  const described = declared.description ? { description: declared.description } : {};
  return {
    service: {
      ...{ name, version },
      ...described,
      metadata,
      type,
      handlers,
      subscriptions,
      publishes,
      ...limited,
      stages,
    },
    faults,
  };
}

/** Names among them become topics of anything. */
function publishedTopics({ publishes = [] }: DeclaredService, faults: DefinitionFault[]): Topic[] {
  return publishes.flatMap((given, index) => {
    const name: unknown = typeof given === 'string' ? given : (given as Topic | undefined)?.name;
    if (typeof name === 'string' && isTopic(name))
      return [typeof given === 'string' ? new Topic(name) : (given as Topic)];
    faults.push({
      message: `entry ${index} of its publishes is ${typeof given === 'string' ? `'${given}'` : String(given)}, which is no topic`,
      fix: "name a Topic, or words separated by '.': publishes: ['orders.placed']; a Topic that is undefined is mostly imported in a circle of files",
    });
    return [];
  });
}

function defineHandler(type: Class, declared: DeclaredHandler): HandlerDefinition | Omit<DefinitionFault, 'handler'> {
  const { method, reply, readOnly = false, idempotent = readOnly } = declared;
  const body = (type.prototype as Record<string, unknown>)[method];
  if (typeof body !== 'function') return { message: 'it is no method', fix: 'decorate a method' };
  const generator = Object.prototype.toString.call(body) === '[object AsyncGeneratorFunction]';
  const kind = declared.kind ?? (generator ? 'server-stream' : 'unary');
  if (generator && (kind === 'unary' || kind === 'client-stream')) {
    return {
      message: `it is an async generator, and declared with kind: '${kind}'`,
      fix: 'remove the kind, or return one reply',
    };
  }
  if (takesMany(kind) && !declared.request) {
    return {
      message: 'nothing tells the class of its messages',
      cause: 'what an iterable holds is not recorded by the compiler',
      fix: `name it: @Handler({ kind: '${kind}', request: ${suggestion(method)} })`,
    };
  }
  if (declared.description !== undefined && !isProse(declared.description)) {
    return {
      message: 'its description cannot go into the registry',
      fix: 'write 1 to 4,000 characters, line breaks and tabs the only control characters among them',
    };
  }
  const request = messageType(type, { method, given: declared.request, option: 'request' }, body.length);
  if (request && 'message' in request) return request;
  const limit = limitOf(declared);
  if (limit && 'message' in limit) return limit;
  try {
    const requestSchema = request && messageSchema(request.type, declared);
    const replySchema = reply && messageSchema(reply as Class);
    return {
      name: method,
      ...(declared.description ? { description: declared.description } : {}),
      kind,
      idempotent,
      readOnly,
      ...(requestSchema ? { request: requestSchema } : {}),
      ...(replySchema ? { reply: replySchema } : {}),
      schemas: { request: requestSchema?.jsonSchema, reply: replySchema?.jsonSchema },
      ...(limit ? { limit } : {}),
      stages: stagesOf(declared),
    };
  } catch (error) {
    // A class whose decorators cannot work says itself what is wrong and what to do.
    if (!SkerryError.is(error)) throw error;
    return { message: error.message.replace(/\.$/, ''), fix: 'mend the decorators of the message class' };
  }
}

/** Whether the caller sends many messages. */
export function takesMany(kind: EndpointKind): boolean {
  return kind === 'client-stream' || kind === 'bidirectional';
}

/** Whether the handler sends many messages. */
export function sendsMany(kind: EndpointKind): boolean {
  return kind === 'server-stream' || kind === 'bidirectional';
}

function stagesOf({ guards = [], interceptors = [], errorMappers = [] }: Partial<StageTokens>): StageTokens {
  return { guards, interceptors, errorMappers };
}

function limitOf({ concurrency, queue }: Partial<CallLimit>): CallLimit | Omit<DefinitionFault, 'handler'> | undefined {
  const fix = 'give whole numbers: { concurrency: 100, queue: 200 }';
  if (concurrency === undefined) {
    return queue === undefined
      ? undefined
      : { message: 'it has a queue, and no concurrency that makes calls wait', fix };
  }
  if (!(Number.isInteger(concurrency) && concurrency > 0)) return { message: `its concurrency is ${concurrency}`, fix };
  if (queue !== undefined && !(Number.isInteger(queue) && queue >= 0)) return { message: `its queue is ${queue}`, fix };
  return { concurrency, queue: queue ?? concurrency };
}
