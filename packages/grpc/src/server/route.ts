import type { Context, ErrorOrigin, OpenHead, Peer, RpcStream, StreamEvents, WireError } from '@skerry/core';

/** What a call by gRPC brings with it. */
export interface RoutedCall {
  readonly stream: RpcStream;
  readonly head: OpenHead;
  readonly payload: Buffer | undefined;
  readonly ended: boolean;
  readonly caller: ErrorOrigin | undefined;
  readonly peer: Peer;
}

/** A call that has begun. */
export interface Accepted extends StreamEvents {
  /** Of the handler, where there is one. */
  readonly context?: Context;
}

/** What answers the calls of one method, in one form of its messages. */
export interface Route {
  /** `/package.Service/Method`, for messages. */
  readonly method: string;
  /** Whether callers send any number of messages, rather than one. */
  readonly takesMany: boolean;
  /** What failures of its own are told to come from. */
  readonly origin: ErrorOrigin;
  accept(call: RoutedCall): Accepted;
}

/** What calls of a method are answered that nobody here has. */
export interface NoRoute {
  readonly error: WireError;
}

export interface Routes {
  /**
   * @param path    As HTTP/2 has it.
   * @param subtype What follows `application/grpc+`; `proto` when nothing does.
   * @returns `undefined` when the method is known, and not that form of its messages.
   */
  find(path: string, subtype: string): Route | NoRoute | undefined;
}
