import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Clock } from '../clock/clock.js';
import { SkerryError } from '../errors/skerry-error.js';
import {
  defaultTransportLimits,
  type Link,
  type Listener,
  type TransportDriver,
  type TransportLimits,
} from './driver.js';
import { readFirstBytes, type FirstBytesOutcome } from './first-bytes.js';
import type { PortProtocol } from './port-protocol.js';
import { expectPreface, preface, withPreface, type PrefaceOutcome } from './preface.js';
import { SocketLink } from './socket-link.js';
import { formatTcpAddress, parseTcpAddress } from './tcp-address.js';

/**
 * Frames over TCP, addresses `tcp://host:port`. Each side first says the preface; then every frame is its length (u32
 * big-endian) and its bytes. Frames of one turn leave in one write, with TCP_NODELAY.
 */
export class TcpTransport implements TransportDriver {
  readonly scheme = 'tcp';
  private readonly limits: TransportLimits;

  constructor(
    private readonly clock: Clock,
    limits: Partial<TransportLimits> = {},
  ) {
    this.limits = { ...defaultTransportLimits, ...limits };
  }

  async listen(
    address: string,
    accept: (link: Link) => void,
    refused: (error: SkerryError) => void,
    others: readonly PortProtocol[] = [],
  ): Promise<Listener> {
    const { host, port } = parseTcpAddress(address, 0);
    const undecided = new Map<Socket, () => void>();
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      const give = this.decide(socket, others, accept, refused, () => undecided.delete(socket));
      undecided.set(socket, give);
    });
    await new Promise<void>((resolve, reject) => {
      const failed = (cause: Error): void => reject(listenFailed(address, cause));
      server.once('error', failed);
      server.listen({ host, port }, () => {
        server.off('error', failed);
        resolve();
      });
    });
    // Accepting fails when the process is out of file descriptors; the next peer may be luckier.
    server.on('error', (cause) => refused(listenFailed(address, cause)));
    const { address: boundHost, port: boundPort } = server.address() as AddressInfo;
    return {
      address: formatTcpAddress(boundHost, boundPort),
      sharesPort: true,
      close: () => {
        // The server reports its end only with its last link's, but its address is free at once.
        if (server.listening) server.close();
        for (const [socket, release] of undecided) {
          release();
          ignoreErrors(socket).destroy();
        }
        undecided.clear();
        return Promise.resolve();
      },
    };
  }

  connect(address: string, signal: AbortSignal): Promise<Link> {
    return new Promise((resolve, reject) => {
      // Thrown here it rejects.
      const { host, port } = parseTcpAddress(address);
      signal.throwIfAborted();
      const socket = connect({ host, port, allowHalfOpen: true, noDelay: true });
      const fail = (error: unknown): void => {
        signal.removeEventListener('abort', aborted);
        ignoreErrors(socket).destroy();
        reject(error as Error);
      };
      const refused = (cause: Error): void => fail(connectFailed(address, reasonOf(cause), cause));
      let release = (): void => undefined;
      const aborted = (): void => {
        release();
        fail(signal.reason);
      };
      signal.addEventListener('abort', aborted, { once: true });
      socket.once('error', refused);
      socket.once('connect', () => {
        socket.off('error', refused);
        socket.write(preface);
        release = expectPreface(socket, this.clock, this.limits.prefaceTimeoutMs, (outcome) => {
          const problem = this.connectProblem(address, outcome);
          if (problem) return fail(problem);
          signal.removeEventListener('abort', aborted);
          resolve(this.link(socket));
        });
      });
    });
  }

  /** Waits for what an accepted peer says; returns what gives up on it. */
  private decide(
    socket: Socket,
    others: readonly PortProtocol[],
    accept: (link: Link) => void,
    refused: (error: SkerryError) => void,
    decided: () => void,
  ): () => void {
    const candidates = [withPreface, ...others];
    return readFirstBytes(socket, candidates, this.clock, this.limits.prefaceTimeoutMs, (outcome) => {
      decided();
      const peer = peerOf(socket);
      if (outcome.kind !== 'recognised') {
        ignoreErrors(socket).destroy();
        // A peer that left, as port scanners and balancers' health checks do, was not turned away.
        if (outcome.kind !== 'gone') refused(badPreface('accept', peer, this.complaint(outcome)));
        return;
      }
      if (outcome.by !== withPreface) {
        (outcome.by as PortProtocol).accept(socket, peer);
        return;
      }
      socket.write(preface);
      accept(this.link(socket));
    });
  }

  private connectProblem(address: string, outcome: PrefaceOutcome): SkerryError | undefined {
    if (outcome.kind === 'agreed') return undefined;
    if (outcome.kind === 'wrong') return badPreface('connect to', address, this.complaint(outcome));
    return connectFailed(address, this.complaint(outcome), outcome.kind === 'gone' ? outcome.cause : undefined);
  }

  private complaint(
    outcome: Exclude<PrefaceOutcome, { kind: 'agreed' }> | Exclude<FirstBytesOutcome<never>, { kind: 'recognised' }>,
  ): string {
    if (outcome.kind === 'wrong' || outcome.kind === 'unknown')
      return `it says ${JSON.stringify(outcome.received.toString('latin1'))}`;
    if (outcome.kind === 'silent') return `it did not say what it speaks within ${this.limits.prefaceTimeoutMs} ms`;
    return (
      ('cause' in outcome && outcome.cause && reasonOf(outcome.cause)) ||
      'it closed the connection before it said what it speaks'
    );
  }

  private link(socket: Socket): Link {
    return new SocketLink(socket, peerOf(socket), this.clock, this.limits);
  }
}

function peerOf(socket: Socket): string {
  // Both are absent once the peer has gone.
  return formatTcpAddress(socket.remoteAddress ?? 'unknown', socket.remotePort ?? 0);
}

/** Trying several addresses of one name fails with an error that has no message of its own. */
function reasonOf(cause: Error & { code?: string }): string {
  return cause.message || cause.code || cause.name;
}

/** A socket that nobody waits for any more may still report errors. */
function ignoreErrors(socket: Socket): Socket {
  return socket.on('error', () => undefined);
}

function listenFailed(address: string, cause: Error): SkerryError {
  return new SkerryError('SKERRY_TRANSPORT_LISTEN_FAILED', `cannot listen on ${address}: ${reasonOf(cause)}`, {
    cause,
  });
}

function connectFailed(address: string, reason: string, cause?: Error): SkerryError {
  return new SkerryError('SKERRY_RPC_CONNECT_FAILED', `cannot connect to ${address}: ${reason}`, { cause });
}

function badPreface(verb: string, peer: string, complaint: string): SkerryError {
  return new SkerryError(
    'SKERRY_TRANSPORT_BAD_PREFACE',
    `cannot ${verb} ${peer}: ${complaint} instead of ${JSON.stringify(preface.toString('latin1'))}; ` +
      'the native protocol wants a Skerry peer on both sides, and its own port or one that tells protocols apart',
  );
}
