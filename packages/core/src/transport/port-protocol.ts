import type { Socket } from 'node:net';

/**
 * A protocol that shares a port with the frames of the native one. What a peer says first tells them apart, so no two
 * protocols of a port may claim the same first bytes.
 */
export interface PortProtocol {
  /** For people: `http`. */
  readonly name: string;

  /** What it is called inside of TLS (RFC 7301), the preferred name first: `['h2', 'http/1.1']`. Default: none. */
  readonly alpn?: readonly string[];

  /**
   * Whether a connection that begins like this is one of its own; `undefined` while more bytes are needed to tell. At most
   * {@link mostFirstBytes} are offered, and what is undecided then is refused.
   */
  recognises(first: Buffer): boolean | undefined;

  /**
   * Takes a connection over, in the turn in which it was recognised. Must not throw.
   *
   * @param socket Paused, with nothing of it read: what was looked at has been put back. Half-open ends are allowed.
   *               A `TLSSocket` where the peer speaks TLS.
   * @param peer   The other side, for people: `tcp://127.0.0.1:53422`.
   */
  accept(socket: Socket, peer: string): void;
}

/** Longer than what any protocol needs: HTTP/2's preface has 24 bytes. */
export const mostFirstBytes = 64;
