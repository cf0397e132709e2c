import type { Context } from '../context/context.js';
import type { EndpointKind } from '../registry/node-record.js';

/** A call, or a message of a subscription, that has reached its node. */
export interface ObservedCall {
  readonly service: string;
  readonly handler: string;
  readonly kind: EndpointKind | 'event';
  /** Of a message: what it was published to. */
  readonly topic?: string;
  /** Its trace, its caller, which attempt it is. */
  readonly context: Context;
}

/**
 * Told of each call when it has reached its node, before limits, checks and guards, so that it sees what never gets as far as an
 * interceptor. What it throws fails the call.
 *
 * @returns what is called once when the call is over, with the code of what it failed by, or with nothing.
 */
export type CallObserver = (call: ObservedCall) => (failedBy?: string) => void;
