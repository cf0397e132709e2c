import { Inject } from '../container/injectable.js';
import { InjectionToken } from '../container/token.js';
import { SkerryError } from '../errors/skerry-error.js';
import { Deadlines } from '../clock/deadlines.js';
import { errorClasses, type ErrorClass } from '../errors/wire.js';
import type { Registry } from '../registry/registry.js';
import { checkCriteria, type NodeCriteria, type NodeFilter } from '../selector/filter.js';
import type { Caller, ClientGround, ServiceGround } from './caller.js';
import { ClientCall } from './client-call.js';
import { noOptions, type CallOptions, type Client } from './client.js';
import { FixedNodes, type ServiceDescription } from './described.js';
import { Reply, SingleReply } from './reply.js';
import { RetryBudget, type RetryBudgetOptions } from './retry-budget.js';
import { TargetCache } from './targets.js';

/**
 * What holds for all calls of a client that say nothing else, and which nodes it calls at all. As for a call, a stream has a deadline
 * only where its own call says so: `timeoutMs` is for calls that answer once, `idleTimeoutMs` for the others.
 */
export interface ClientOptions
  extends
    Pick<CallOptions, 'timeoutMs' | 'idleTimeoutMs' | 'retries' | 'hedgeAfterMs'>,
    Pick<NodeCriteria, 'version' | 'labels' | 'zone' | 'where'> {
  /**
   * How the messages of these calls are written, by name: `protobuf`. The application must have that codec; a node that has not
   * is spoken to in another that both have. Default: the codec that the application prefers.
   */
  readonly codec?: string;
  /**
   * By which protocol nodes are called that can be called by it: `grpc`. The application must have it. Default: the native one
   * where the node has that, otherwise whichever both have.
   */
  readonly protocol?: string;
  /** Errors that shall be caught by their class, not just by their code. Default: Skerry's own. */
  readonly errors?: readonly ErrorClass[];
}

/** Makes clients by service name. Inject this where the name is known only at run time; otherwise `@InjectClient`. */
export class Clients {
  private readonly services = new Map<string, ServiceGround>();
  private readonly deadlines: Deadlines;

  constructor(
    private readonly registry: Registry,
    private readonly ground: Omit<ClientGround, 'deadlines'>,
    private readonly retryBudget: RetryBudgetOptions = {},
    private readonly filters: readonly NodeFilter[] = [],
    private readonly descriptions: readonly ServiceDescription[] = [],
  ) {
    this.deadlines = new Deadlines(ground.clock);
  }

  /** A client of the service called `name`, which begins to be looked up now, so that the first call need not wait for it. */
  of<T = Record<string, UntypedMethod>>(name: string, options: ClientOptions = {}): Client<T> {
    const { timeoutMs = 5_000, idleTimeoutMs = 30_000, retries = 2, hedgeAfterMs, errors, codec, protocol } = options;
    const manner = { codec, protocol };
    this.ground.peers.check(manner, name);
    const common = {
      ...this.ground,
      deadlines: this.deadlines,
      ...this.service(name),
      service: name,
      errors: errorClasses(errors),
      criteria: criteriaOf(options, `use the client of ${name}`),
      ...{ timeoutMs, idleTimeoutMs, retries, hedgeAfterMs, manner },
    };
    const methods = new Map<string, UntypedMethod>();
    const target = Object.freeze({});
    return new Proxy(target, {
      get: (_target, property) => {
        // A client must be safe to return from an async function, to log and to compare, and to be found in a container: it
        // is no promise, has no JSON and no hooks, and reads as text like any object.
        if (property === Symbol.toStringTag) return `Client of ${name}`;
        if (typeof property === 'symbol' || notHandlers.has(property)) return undefined;
        if (property in Object.prototype) return Reflect.get(Object.prototype, property) as unknown;
        let method = methods.get(property);
        if (!method) {
          const caller: Caller = { ...common, handler: property, name: `${name}.${property}` };
          methods.set(property, (method = (request, callOptions) => call(caller, request, callOptions)));
        }
        return method;
      },
      set: () => false,
    }) as Client<T>;
  }

  /** Leaves no timer behind. For the application, when no call is open any more. */
  close(): void {
    this.deadlines.close();
  }

  private service(name: string): ServiceGround {
    let shared = this.services.get(name);
    if (!shared) {
      const { registry, retryBudget, filters, ground } = this;
      const described = this.descriptions.find(({ service }) => service === name);
      shared = {
        view: described?.nodes ? new FixedNodes(described.nodes) : registry.service(name),
        targets: new TargetCache(filters, ground.peers, described?.endpoints),
        budget: new RetryBudget(retryBudget),
      };
      this.services.set(name, shared);
    }
    return shared;
  }
}

type UntypedMethod = (request?: unknown, options?: CallOptions) => Promise<unknown> & AsyncIterable<unknown>;

const notHandlers = new Set([
  ...['then', 'toJSON', 'constructor', 'prototype', '$$typeof', 'asymmetricMatch', 'nodeType', '__proto__'],
  ...['onModuleInit', 'onApplicationBootstrap', 'beforeApplicationShutdown', 'onApplicationShutdown'],
]);

function call(caller: Caller, request: unknown, options: CallOptions = noOptions): ReturnType<UntypedMethod> {
  let { criteria } = caller;
  let problem: unknown;
  if (options.node !== undefined || options.version !== undefined) {
    try {
      criteria = criteriaOf({ ...criteria, ...picked(options) }, `call ${caller.name}`);
    } catch (error) {
      problem = error;
    }
  }
  const clientCall = new ClientCall(caller, options, criteria);
  // Usually the service is known by now, and with it that the handler answers once: then a plain promise will do.
  const targets = caller.targets.find(caller.view.nodes, caller.handler, criteria);
  const single = targets.endpoint?.kind === 'unary' ? new SingleReply(caller.name) : undefined;
  const reply = single ?? new Reply(caller.name, clientCall);
  clientCall.sink = reply;
  if (problem === undefined) clientCall.start(request, targets);
  else clientCall.failSoon(problem);
  return (single ? single.promise : reply) as ReturnType<UntypedMethod>;
}

function picked({ node, version }: CallOptions): NodeCriteria {
  return { ...(node === undefined ? {} : { node }), ...(version === undefined ? {} : { version }) };
}

/** Undefined when every node will do. Throws `SKERRY_OPTION_INVALID` for what can fit none. */
function criteriaOf(options: NodeCriteria, what: string): NodeCriteria | undefined {
  const { node, version, labels, zone, where } = options;
  if ([node, version, labels, zone, where].every((each) => each === undefined)) return undefined;
  const criteria = Object.freeze({ node, version, labels, zone, where }) as NodeCriteria;
  checkCriteria(criteria, what);
  return criteria;
}

/**
 * Injects a client of the service called `name`, typed by the service's class:
 *
 *     import type { Greeter } from '...';
 *     constructor(@InjectClient('greeter') private readonly greeter: Client<Greeter>) {}
 */
export function InjectClient(name: string, options: ClientOptions = {}): ParameterDecorator {
  if (typeof name !== 'string' || name === '') {
    throw new SkerryError('SKERRY_OPTION_INVALID', `@InjectClient needs the service's name, and got ${String(name)}`);
  }
  return Inject(clientToken(name, options));
}

/** The token that {@link InjectClient} asks for: a test overrides it to put a double in a client's place. */
export function clientToken<T = Client<Record<string, UntypedMethod>>>(
  name: string,
  options: ClientOptions = {},
): InjectionToken<T> {
  return new InjectionToken<T>(`the client of '${name}'`, {
    key: Symbol.for(`skerry.client:${name}`),
    derivation: { from: Clients, derive: (clients: Clients) => clients.of(name, options) as T },
  });
}
