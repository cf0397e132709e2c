import type { Context } from '../context/context.js';
import { SkerryError } from '../errors/skerry-error.js';
import type { ErrorMapper, Guard, HandlerCall, Interceptor } from '../service/pipeline.js';

/** What stands between a call and one handler, as instances, each list in the order in which it is asked. */
export interface Pipeline {
  readonly guards: readonly Guard[];
  readonly interceptors: readonly Interceptor[];
  readonly errorMappers: readonly ErrorMapper[];
}

/** A checked message on its way to the handler. */
export type Handle = (request: unknown, context: Context) => unknown;

type About = Omit<HandlerCall, 'context' | 'request'>;

/** A class, so that all calls have one shape: spreading an object costs more than two stages together. */
class ComposedCall implements HandlerCall {
  readonly service: string;
  readonly handler: string;
  readonly kind: HandlerCall['kind'];

  constructor(
    { service, handler, kind }: About,
    readonly context: Context,
    readonly request: unknown,
  ) {
    this.service = service;
    this.handler = handler;
    this.kind = kind;
  }
}

/** `handle`, behind its guards and inside of its interceptors; itself where there are none. Asynchronous only where they are. */
export function compose(handle: Handle, { guards, interceptors }: Pipeline, about: About): Handle {
  if (guards.length === 0 && interceptors.length === 0) return handle;
  const around = (call: HandlerCall, at: number): unknown =>
    at === interceptors.length
      ? handle(call.request, call.context)
      : interceptors[at]!.intercept(call, () => around(call, at + 1));
  return (request, context) => {
    const call = new ComposedCall(about, context, request);
    const asked = ask(guards, call, 0);
    return asked ? asked.then(() => around(call, 0)) : around(call, 0);
  };
}

/** What the caller gets for what was thrown: the first mapper's answer, or what was thrown itself. */
export function composeErrors(
  { errorMappers }: Pipeline,
  about: About,
): ((thrown: unknown, request: unknown, context: Context) => unknown) | undefined {
  if (errorMappers.length === 0) return undefined;
  return (thrown, request, context) => {
    const call = new ComposedCall(about, context, request);
    for (const mapper of errorMappers) {
      const mapped: unknown = mapper.map(thrown, call);
      if (SkerryError.is(mapped)) return mapped;
      if (mapped !== undefined) throw new TypeError(`${mapper.constructor.name} answered with what is no SkerryError`);
    }
    return thrown;
  };
}

/** Throws, or rejects, as soon as one of the guards refuses. A promise only where a guard gives one. */
function ask(guards: readonly Guard[], call: HandlerCall, from: number): Promise<void> | undefined {
  for (let at = from; at < guards.length; at++) {
    const guard = guards[at]!;
    const verdict: unknown = guard.allows(call);
    if (verdict instanceof Promise) {
      return verdict.then((late: unknown) => {
        if (late !== true) throw denied(guard, call);
        return ask(guards, call, at + 1);
      });
    }
    // Nothing but `true` lets a call through: a guard that forgot to answer has not allowed it.
    if (verdict !== true) throw denied(guard, call);
  }
  return undefined;
}

function denied(guard: Guard, { service, handler }: HandlerCall): SkerryError {
  const { name } = guard.constructor;
  return new SkerryError('SKERRY_RPC_DENIED', `${name} does not allow this call of ${service}.${handler}`, {
    details: { guard: name },
  });
}
