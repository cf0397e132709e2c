import {
  Context,
  nearest,
  SkerryError,
  type CallOptions,
  type Client,
  type Clock,
  type HandlerDefinition,
  type HandlerName,
  type ServiceDefinition,
} from '@skerry/core';
import { copied, isAsyncIterable, received, sendsMany } from './doubled-messages.js';
import { MethodDouble, type AnswerForm } from './method-double.js';
import { notMethods } from './not-methods.js';

/** What stands in for the service behind a client: for each handler, a function that answers as the handler would. */
export type ClientBehaviour<T> = { readonly [K in HandlerName<T>]?: Answer<Client<T>[K]> };

type Answer<M> = M extends (...args: infer A) => infer R ? (...args: A) => R | Awaited<R> : never;

/** The methods of a doubled client: what they were called with, and what they answer. */
export type DoubledClient<T> = {
  readonly [K in HandlerName<T>]: Client<T>[K] extends (...args: infer A) => infer R ? MethodDouble<A, R> : never;
};

/** Told of each call of a doubled client, for traces. */
export type DoubledCall = (service: string, handler: string) => (failedBy?: string) => void;

/**
 * A client without a service behind it. Requests and replies are copies that went through JSON, as they would be, and a call that is
 * answered once has a deadline, as it would have; where the service's class is known, its handlers are those that exist, and requests
 * are checked by their classes.
 */
export class ClientDouble {
  readonly client: Client<never>;
  readonly methods: DoubledClient<never>;
  private readonly made = new Map<string, MethodDouble>();
  private readonly called = new Map<string, unknown>();

  /**
   * @param behaviour What handlers answer; `undefined` for one whose handlers answer `undefined` until they are told better.
   * @param about     What the decorators of the service say, where the class is known.
   */
  constructor(
    readonly service: string,
    private readonly behaviour: Readonly<Record<string, unknown>> | undefined,
    private readonly about: ServiceDefinition | undefined,
    private readonly observe: DoubledCall,
    private readonly clock: Clock,
  ) {
    this.client = this.proxy(`Client of ${service}`, (handler) => this.caller(handler));
    this.methods = this.proxy(`Double of ${service}`, (handler) => this.method(handler));
  }

  private proxy<P>(name: string, get: (handler: string) => unknown): P {
    return new Proxy(Object.freeze({}), {
      get: (_target, key) => {
        if (key === Symbol.toStringTag) return name;
        if (typeof key === 'symbol' || notMethods.has(key)) return undefined;
        return key in Object.prototype ? (Reflect.get(Object.prototype, key) as unknown) : get(key);
      },
      set: () => false,
    }) as P;
  }

  private method(handler: string): MethodDouble {
    let method = this.made.get(handler);
    if (!method) {
      const told = this.behaviour?.[handler];
      const behaviour =
        typeof told === 'function' ? (told as (...args: unknown[]) => unknown) : this.unanswered(handler);
      this.made.set(handler, (method = new MethodDouble(behaviour, formOf(this.definition(handler)))));
    }
    return method;
  }

  /** A double that was given answers says so when it is asked for another; an automatic one has one for everything. */
  private unanswered(handler: string): (() => never) | undefined {
    if (!this.behaviour) return undefined;
    return () => {
      const { service } = this;
      throw new SkerryError(
        'SKERRY_TEST_NO_ANSWER',
        `The double of ${service} has no answer for ${handler}. Give it one: .overrideClient('${service}').useValue({ ${handler}: ... }), or app.clientDouble('${service}').${handler}.returns(...).`,
      );
    };
  }

  private caller(handler: string): unknown {
    let call = this.called.get(handler);
    if (!call)
      this.called.set(
        handler,
        (call = (request?: unknown, options?: CallOptions) => this.call(handler, request, options)),
      );
    return call;
  }

  private call(handler: string, request: unknown, options: CallOptions | undefined): unknown {
    const { about, service } = this;
    const definition = this.definition(handler);
    const ended = this.observe(service, handler);
    const answer = async (): Promise<unknown> => {
      if (about && !definition) throw unknownHandler(about, handler);
      const checked = await received(definition, request, `the request of ${service}.${handler}`);
      const args = options === undefined ? [checked] : [checked, options];
      return this.method(handler).call(args);
    };
    const reply = answer();
    // Told to whoever awaits or iterates it, and not before.
    reply.catch(() => undefined);
    if (isStream(definition, this.behaviour?.[handler])) return streamed(reply, definition, ended);
    const bounded = this.bounded(reply, `${service}.${handler}`, options);
    const whole = bounded.then((value) =>
      isAsyncIterable(value) ? value : copied(value, definition?.reply?.jsonSchema),
    );
    const settled = whole.then(
      (value) => {
        ended();
        return value;
      },
      (thrown: unknown) => Promise.reject(failed(thrown, service, ended)),
    );
    // Nobody may look at it as a promise, where it turns out to be a stream.
    return definition
      ? settled
      : Object.assign(settled, { [Symbol.asyncIterator]: () => streamed(settled, undefined, () => undefined) });
  }

  /** The reply, or what a client gives up by: its time is over, the work that calls is no longer wanted, it is told to. */
  private bounded<R>(reply: Promise<R>, name: string, { timeoutMs = 5_000, signal }: CallOptions = {}): Promise<R> {
    return new Promise((resolve, reject) => {
      const late = (): void =>
        reject(
          new SkerryError(
            'SKERRY_RPC_DEADLINE_EXCEEDED',
            `the double of ${name} did not answer within ${timeoutMs} ms`,
          ),
        );
      const aborted = (): void => reject(new SkerryError('SKERRY_RPC_CANCELLED', `the call of ${name} was given up`));
      const timer = this.clock.setTimer(timeoutMs, late, true);
      const unlisten = Context.current()?.onCancel(reject);
      signal?.addEventListener('abort', aborted, { once: true });
      if (signal?.aborted) aborted();
      void reply.then(resolve, reject).finally(() => {
        timer.cancel();
        unlisten?.();
        signal?.removeEventListener('abort', aborted);
      });
    });
  }

  private definition(handler: string): HandlerDefinition | undefined {
    return this.about?.handlers.find(({ name }) => name === handler);
  }
}

function formOf(definition: HandlerDefinition | undefined): AnswerForm {
  if (!definition) return 'any';
  return sendsMany(definition) ? 'stream' : 'promise';
}

function isStream(definition: HandlerDefinition | undefined, told: unknown): boolean {
  if (definition) return sendsMany(definition);
  return Object.prototype.toString.call(told) === '[object AsyncGeneratorFunction]';
}

async function* streamed(
  reply: Promise<unknown>,
  definition: HandlerDefinition | undefined,
  ended: (failedBy?: string) => void,
): AsyncGenerator<unknown> {
  try {
    for await (const item of (await reply) as AsyncIterable<unknown>) yield copied(item, definition?.reply?.jsonSchema);
    ended();
  } catch (thrown) {
    throw failed(thrown, 'the double', ended);
  }
}

/** As a caller would see it: what is no SkerryError does not cross a call. */
function failed(thrown: unknown, service: string, ended: (failedBy?: string) => void): SkerryError {
  const error = SkerryError.is(thrown)
    ? thrown
    : new SkerryError(
        'SKERRY_RPC_INTERNAL',
        `the double of ${service} threw what is no SkerryError: ${String(thrown)}`,
        {
          cause: thrown,
        },
      );
  ended(error.code);
  return error;
}

function unknownHandler({ name, handlers }: ServiceDefinition, handler: string): SkerryError {
  const names = handlers.map((each) => each.name);
  const near = nearest(handler, names);
  const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `It has ${names.join(', ')}.`;
  return new SkerryError('SKERRY_RPC_UNKNOWN_ENDPOINT', `${name} has no handler called ${handler}. ${hint}`);
}
