import type { Socket } from 'node:net';
import type { Clock } from '../clock/clock.js';
import type { SkerryError } from '../errors/skerry-error.js';
import type { Link, TransportLimits } from './driver.js';
import type { EndOfLink } from './farewell.js';
import { expectPreface, preface, type PrefaceOutcome } from './preface.js';
import { badPreface, complaint, connectFailed, ignoreErrors, reasonOf } from './socket-errors.js';
import { SocketLink } from './socket-link.js';

export interface SocketConnectOptions {
  readonly address: string;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly limits: TransportLimits;
  readonly end: EndOfLink;
  /** Begins to connect, with `allowHalfOpen`. */
  readonly open: () => Socket;
  /** What the socket says when it is connected. Default `connect`. */
  readonly connected?: 'connect' | 'secureConnect';
  /** What a failure means, where it is known better than by the system's own words. */
  readonly explain?: (cause: Error) => SkerryError | undefined;
  readonly peer: (socket: Socket) => string;
}

/** Connects a socket, and agrees on the native protocol. Rejects as `TransportDriver.connect` does; nothing stays open then. */
export function connectSocket(options: SocketConnectOptions): Promise<Link> {
  const { address, signal, clock, limits, connected = 'connect' } = options;
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const socket = options.open();
    const fail = (error: unknown): void => {
      signal.removeEventListener('abort', aborted);
      ignoreErrors(socket).destroy();
      reject(error as Error);
    };
    const refused = (cause: Error): void =>
      fail(options.explain?.(cause) ?? connectFailed(address, reasonOf(cause), cause));
    const left = (): void => fail(connectFailed(address, 'it closed the connection at once'));
    let release = (): void => undefined;
    const aborted = (): void => {
      release();
      fail(signal.reason);
    };
    signal.addEventListener('abort', aborted, { once: true });
    socket.once('error', refused).once('close', left);
    socket.once(connected, () => {
      socket.off('error', refused).off('close', left);
      socket.write(preface);
      release = expectPreface(socket, clock, limits.prefaceTimeoutMs, (outcome) => {
        if (outcome.kind !== 'agreed') return fail(problem(options, outcome));
        signal.removeEventListener('abort', aborted);
        resolve(new SocketLink(socket, options.peer(socket), clock, limits, options.end));
      });
    });
  });
}

function problem(
  { address, limits, explain }: SocketConnectOptions,
  outcome: Exclude<PrefaceOutcome, { kind: 'agreed' }>,
): SkerryError {
  const said = complaint(outcome, limits.prefaceTimeoutMs);
  if (outcome.kind === 'wrong') return badPreface('connect to', address, said);
  const cause = outcome.kind === 'gone' ? outcome.cause : undefined;
  return (cause && explain?.(cause)) ?? connectFailed(address, said, cause);
}
