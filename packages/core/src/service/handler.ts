import 'reflect-metadata';
import type { EndpointKind } from '../registry/node-record.js';
import type { Class, Token } from '../container/token.js';
import type { Context } from '../context/context.js';
import type { ErrorMapper, Guard, Interceptor } from './pipeline.js';

const key = Symbol.for('skerry.handlers');

/** A class that describes a message, or `String`, `Number`, `Boolean` for a bare value, or `Object` for anything at all. */
export type MessageType = Class | typeof String | typeof Number | typeof Boolean | typeof Object;

export interface HandlerOptions {
  /** What it does, for callers: in documents, and in the registry. Default: none. */
  readonly description?: string;
  /** Running it twice has the effect of running it once, so it may be sent again after a failure. Default `false`. */
  readonly idempotent?: boolean;
  /** It changes nothing; implies `idempotent`. Default `false`. */
  readonly readOnly?: boolean;
  /** Class of the request, or of one message of many. Default: the type of the first parameter. */
  readonly request?: MessageType;
  /** Class of the reply, or of one item of a stream; for the registry's schema. Default: not described. */
  readonly reply?: MessageType;
  /**
   * Who sends many messages: nobody (`unary`), the handler (`server-stream`), its caller (`client-stream`), or both. Default:
   * `server-stream` for an async generator (`async *`), `unary` for other methods.
   */
  readonly kind?: EndpointKind;
  /** Groups of class-validator whose rules count for the request. Default: none, and then all rules count. */
  readonly groups?: readonly string[];
  /**
   * What becomes of fields of the request that its class does not declare: `drop` takes them away, as newer clients send
   * them; `refuse` makes the request wrong. Default `drop`.
   */
  readonly unknownFields?: 'drop' | 'refuse';
  /** Calls that run at once. Default: no limit but the service's. */
  readonly concurrency?: number;
  /**
   * Calls that wait beyond {@link concurrency}, in order; what comes then is refused with a retryable
   * `SKERRY_RPC_OVERLOADED`, before anything of it is read. Default: as many as run.
   */
  readonly queue?: number;
  /** Who decides whether a call goes on to the handler: providers that the service's module sees. Default: nobody. */
  readonly guards?: readonly Token<Guard>[];
  /** What runs around the handler, outermost first: providers that the service's module sees. Default: nothing. */
  readonly interceptors?: readonly Token<Interceptor>[];
  /** What turns errors of the handler into errors for its callers; likewise. Default: nothing. */
  readonly errorMappers?: readonly Token<ErrorMapper>[];
}

/** What a handler may look like: asynchronous, taking one message and the call's context, or fewer. */
export type HandlerMethod = (request: never, context: Context) => Promise<unknown> | AsyncIterable<unknown>;

export interface DeclaredHandler extends HandlerOptions {
  readonly method: string;
}

/** Lets callers call a method of a `@Service`, by its name. */
export function Handler(options: HandlerOptions = {}) {
  return <M extends HandlerMethod>(target: object, method: string, _descriptor: TypedPropertyDescriptor<M>): void => {
    const own = Reflect.getOwnMetadata(key, target) as DeclaredHandler[] | undefined;
    const handler: DeclaredHandler = { ...options, method };
    if (own) own.push(handler);
    else Reflect.defineMetadata(key, [handler], target);
  };
}

/** The handlers of a class and its parents; one that is declared again replaces the parent's. */
export function declaredHandlers(type: Class): readonly DeclaredHandler[] {
  const handlers = new Map<string, DeclaredHandler>();
  const chain: object[] = [];
  for (
    let each = type.prototype as object | null;
    each && each !== Object.prototype;
    each = Object.getPrototypeOf(each) as object | null
  ) {
    chain.unshift(each);
  }
  for (const each of chain) {
    const own = Reflect.getOwnMetadata(key, each) as DeclaredHandler[] | undefined;
    for (const handler of own ?? []) handlers.set(handler.method, handler);
  }
  return [...handlers.values()];
}
