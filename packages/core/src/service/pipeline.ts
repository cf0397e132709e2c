import type { Context } from '../context/context.js';
import type { SkerryError } from '../errors/skerry-error.js';
import type { EndpointKind } from '../registry/node-record.js';

/** One call on its way to its handler, as guards, interceptors and error mappers see it. */
export interface HandlerCall {
  readonly service: string;
  readonly handler: string;
  /** `event` for the message of a subscription, which nobody waits for. */
  readonly kind: EndpointKind | 'event';
  /** Caller, deadline, metadata, trace; the same that the handler gets. */
  readonly context: Context;
  /**
   * The message, checked; `undefined` for a handler that takes none. For one that takes many, the async iterable of them:
   * whoever iterates it takes the messages from the handler.
   */
  readonly request: unknown;
}

/**
 * Decides whether a call may go on to its handler. Runs before all interceptors, the application's guards first, then the
 * service's, then the handler's; the first that refuses ends the call, with `SKERRY_RPC_DENIED`, or with what it throws.
 *
 *     @Injectable()
 *     class AdminsOnly implements Guard {
 *       allows({ context }: HandlerCall) { return context.metadata['role'] === 'admin'; }
 *     }
 *
 *     @Handler({ guards: [AdminsOnly] })
 *
 * For every call of the application: `{ provide: Guard, useClass: AdminsOnly, multi: true }`, where the root module sees it.
 */
export abstract class Guard {
  abstract allows(call: HandlerCall): boolean | Promise<boolean>;
}

/**
 * Runs around a handler: before it, after it, or instead of it. The application's interceptors are outermost, then the
 * service's, then the handler's, each list from left to right.
 *
 *     async intercept({ handler }: HandlerCall, next: () => unknown) {
 *       const startedAt = this.clock.now();
 *       try { return await next(); } finally { this.report(handler, this.clock.now() - startedAt); }
 *     }
 *
 * For every call of the application: `{ provide: Interceptor, useClass: Timing, multi: true }`.
 */
export abstract class Interceptor {
  /**
   * @param next Runs what comes after this one, and gives its result: a reply or a promise of it, or the async iterable of
   *             a handler that sends many. Throws, or rejects with, what the handler throws. To be called once; or not at
   *             all, when this one answers itself.
   * @returns What is sent to the caller, in the same form.
   */
  abstract intercept(call: HandlerCall, next: () => unknown): unknown;
}

/**
 * Turns what a handler threw into what its caller shall see: a missing row into `NOT_FOUND`. Asked about everything that
 * keeps a call from its reply: a message that is not valid, what guards, interceptors and the handler throw, a reply that cannot be
 * encoded; the handler's mappers first, then the service's, then the application's; the first answer
 * counts. What nobody answers for, and is no `SkerryError`, is told to the caller as `SKERRY_RPC_INTERNAL` without its text.
 *
 * For the whole application: `{ provide: ErrorMapper, useClass: DatabaseErrors, multi: true }`.
 */
export abstract class ErrorMapper {
  /** The error that the caller gets; `undefined` for what this one knows nothing about. Synchronous. */
  abstract map(error: unknown, call: HandlerCall): SkerryError | undefined;
}
