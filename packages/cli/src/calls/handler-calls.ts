import type { CallOptions, EndpointKind, EndpointRecord, NodeRecord } from '@skerry/core';
import type { Fleet } from '../fleet/fleet.js';
import { UsageError } from '../usage-error.js';
import type { Target } from './target.js';

/** What a call returns: awaited or iterated, as the handler answers once or many times. */
export type Replies = PromiseLike<unknown> & AsyncIterable<unknown>;

/** Calls a handler: with one message, or with all of a stream. */
export type Method = (message: unknown, options: CallOptions) => Replies;

/** A handler as it is called without its class. */
export interface HandlerCalls extends Target {
  readonly method: Method;
  /** What its nodes say about it; absent where they say nothing. */
  readonly endpoint: EndpointRecord | undefined;
}

/** A client without its class: any name may be called, but for the few that promises and the like have. */
type Callable = Readonly<Record<string, Method | undefined>>;

/** @param command For the error: `skerry call`. */
export function handlerCalls(
  { app }: Pick<Fleet, 'app'>,
  nodes: readonly NodeRecord[],
  { service, handler }: Target,
  command: string,
): HandlerCalls {
  const endpoint = nodes.flatMap(({ endpoints }) => endpoints).find(({ name }) => name === handler);
  const method = (app.client<unknown>(service) as Callable)[handler];
  if (!method) throw new UsageError(`${command}: no client can call a handler that is named '${handler}'.`);
  return { service, handler, method, endpoint };
}

/** It is sent a stream of messages. */
export function takesMany(kind: EndpointKind | undefined): boolean {
  return kind === 'client-stream' || kind === 'bidirectional';
}

/** It answers with a stream. */
export function answersMany(kind: EndpointKind | undefined): boolean {
  return kind === 'server-stream' || kind === 'bidirectional';
}
