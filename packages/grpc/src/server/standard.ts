import type { ErrorOrigin, RpcStream } from '@skerry/core';
import { ProtobufCodec } from '@skerry/protobuf';
import { parseProto, protoSchema } from '@skerry/protobuf/schema-first';
import type { Accepted, Route } from './route.js';

/** Methods that every server of gRPC has, past the pipeline of the application's own: its guards do not see them. */
export interface StandardService {
  readonly routes: readonly Route[];
  /** Calls that would go on for ever come to their end. */
  drain(): void;
}

/** What one call of such a method does. Nothing here may throw. */
export interface StandardCall {
  received(payload: Buffer): void;
  /** The caller sends no more; for a single message this is the end of the call. */
  ended(): void;
  /** The caller has gone. */
  left(): void;
}

/** @param begin Makes what answers one call. */
export function standardRoute(
  method: string,
  takesMany: boolean,
  origin: ErrorOrigin,
  begin: (stream: RpcStream) => StandardCall,
): Route {
  return {
    ...{ method, takesMany, origin },
    accept: ({ stream, payload, ended }): Accepted => {
      const call = begin(stream);
      const left = (): void => {
        call.left();
        // A call that was given up counts until it is ended from this side.
        stream.send(undefined, true);
      };
      if (payload) call.received(payload);
      if (ended) call.ended();
      return {
        message: (message) => {
          stream.consumed(message.length);
          call.received(message);
        },
        end: () => call.ended(),
        error: () => undefined,
        cancel: left,
        lost: left,
        writable: () => undefined,
      };
    },
  };
}

const codec = new ProtobufCodec();

/** How the messages of a standard service are read and written. */
export function standardMessages<Request, Reply>(text: string, request: string, reply: string) {
  const root = parseProto(text);
  const [read, write] = [request, reply].map((name) => codec.forSchema(protoSchema(root, name)));
  return {
    read: (bytes: Uint8Array): Request => read!.decode(bytes) as Request,
    write: (message: Reply): Uint8Array => write!.encode(message),
  };
}
