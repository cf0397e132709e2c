import { Inject } from '../container/injectable.js';
import { InjectionToken } from '../container/token.js';
import { SkerryError } from '../errors/skerry-error.js';
import { errorClasses, type ErrorClass } from '../errors/wire.js';
import type { Registry } from '../registry/registry.js';
import { ClientCall, type Caller } from './client-call.js';
import type { CallOptions, Client } from './client.js';
import { Reply, single } from './reply.js';
import { TargetCache } from './targets.js';

export interface ClientOptions {
  /** Errors that shall be caught by their class, not just by their code. Default: Skerry's own. */
  readonly errors?: readonly ErrorClass[];
  /** For calls that name none, in ms. Default 5,000. */
  readonly timeoutMs?: number;
}

/** Makes clients by service name. Inject this where the name is known only at run time; otherwise `@InjectClient`. */
export class Clients {
  private readonly callers = new Map<string, Pick<Caller, 'view' | 'targets'>>();

  constructor(
    private readonly registry: Registry,
    private readonly common: Pick<Caller, 'selector' | 'peers' | 'clock' | 'codec'>,
  ) {}

  /** A client of the service called `name`, which begins to be looked up now, so that the first call need not wait for it. */
  of<T = Record<string, UntypedMethod>>(name: string, options: ClientOptions = {}): Client<T> {
    let shared = this.callers.get(name);
    if (!shared) this.callers.set(name, (shared = { view: this.registry.service(name), targets: new TargetCache() }));
    const { timeoutMs = 5_000, errors } = options;
    const caller: Caller = {
      ...this.common,
      ...shared,
      service: name,
      errors: errorClasses(errors),
      defaultTimeoutMs: timeoutMs,
    };
    const methods = new Map<string, UntypedMethod>();
    const target = Object.freeze({});
    return new Proxy(target, {
      get: (_target, property) => {
        // A client must be safe to return from an async function, to log and to compare: it is no promise and has no JSON.
        if (typeof property === 'symbol' || notHandlers.has(property)) return undefined;
        let method = methods.get(property);
        if (!method)
          methods.set(property, (method = (request, callOptions) => call(caller, property, request, callOptions)));
        return method;
      },
      set: () => false,
    }) as Client<T>;
  }
}

type UntypedMethod = (request?: unknown, options?: CallOptions) => Promise<unknown> & AsyncIterable<unknown>;

const notHandlers = new Set(['then', 'toJSON', 'constructor', 'prototype', '$$typeof', 'asymmetricMatch', 'nodeType']);

function call(caller: Caller, handler: string, request: unknown, options: CallOptions = {}): ReturnType<UntypedMethod> {
  const what = `${caller.service}.${handler}`;
  const clientCall = new ClientCall(caller, handler, options);
  // Usually the service is known by now, and with it that the handler answers once: then a plain promise will do.
  const known = caller.targets.find(caller.view.nodes, handler).endpoint?.kind;
  if (known === 'unary') {
    const { promise, sink } = single(what);
    clientCall.sink = sink;
    clientCall.start(request);
    return promise as ReturnType<UntypedMethod>;
  }
  const reply = new Reply(what, clientCall);
  clientCall.sink = reply;
  clientCall.start(request);
  return reply;
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
