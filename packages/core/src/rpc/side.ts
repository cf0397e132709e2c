import type { ErrorOrigin } from '../errors/skerry-error.js';
import { Callee } from './callee.js';
import { Caller } from './caller.js';
import type { Hello } from './control-json.js';
import type { StreamGround } from './open-stream.js';
import type { Outbox } from './outbox.js';
import type { RpcLimits } from './protocol.js';
import type { RpcAcceptor } from './stream.js';
import type { Streams } from './streams.js';

/** What only one of the two sides of a connection does. */
export type Side<E> = Caller | Callee<E>;

/** What a side needs of its connection. */
export interface SideHost {
  readonly outbox: Outbox;
  readonly streams: Streams;
  readonly limits: RpcLimits;
  readonly self: ErrorOrigin;
  /** The other side's address. */
  readonly peer: string;
  /** Takes no more streams, lets the open ones finish. */
  goAway(why: string): void;
  closeWhenIdle(): void;
}

/** @param acceptor Makes it the side that takes streams; without, it opens them. */
export function sideFor<E>(host: SideHost, hello: Hello, acceptor: RpcAcceptor<E> | undefined): Side<E> {
  const { outbox, streams, limits, self, peer } = host;
  const { windowBytes, maxStreams, maxMessageBytes, streamsPerConnection } = limits;
  const ground: StreamGround = {
    role: acceptor ? 'server' : 'client',
    outbox,
    windowBytes,
    peerWindowBytes: hello.windowBytes,
    maxMessageBytes: Math.min(maxMessageBytes, hello.maxMessageBytes),
    self,
    peer: hello.service ? `${hello.service} (${peer})` : peer,
    release: (stream) => {
      streams.delete(stream);
      host.closeWhenIdle();
    },
  };
  if (acceptor) return new Callee({ streams, ground, acceptor, maxStreams, maxMessageBytes });
  const retire = (why: string): void => host.goAway(why);
  return new Caller({ streams, ground, maxStreams: hello.maxStreams, lastStream: streamsPerConnection, retire });
}
