import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { Clock } from '../../clock/clock.js';
import type { SkerryError } from '../../errors/skerry-error.js';
import type { Candidate, Reception } from '../reception.js';
import { ignoreErrors } from '../socket-errors.js';
import type { TlsCredentials } from './tls-credentials.js';
import { explainAccept, failed } from './tls-errors.js';
import type { TlsMaterial } from './tls-material.js';

export interface TlsDoorOptions {
  readonly credentials: TlsCredentials;
  readonly clock: Clock;
  /** How long a peer may take until it is known, for the message. */
  readonly prefaceTimeoutMs: number;
  /** The names of what is spoken inside (RFC 7301); where there are none, none is agreed on. A peer that names none is taken all the same. */
  readonly alpn: readonly string[];
  readonly refused: (error: SkerryError) => void;
  /** Takes a peer whose handshake is done. */
  readonly enter: (socket: TLSSocket, peer: string, untilMs: number) => void;
}

interface Waiting {
  readonly done: (socket: TLSSocket) => void;
  readonly failed: (cause: Error, authorization: string | undefined) => void;
}

/** Shakes hands with those who connect, each with the certificates of that moment. */
export class TlsDoor implements Candidate {
  private readonly server: Server;
  private readonly waiting = new WeakMap<Socket, Waiting>();
  private material: TlsMaterial;

  constructor(
    private readonly reception: Reception,
    private readonly options: TlsDoorOptions,
  ) {
    const { credentials, alpn } = options;
    this.material = credentials.current;
    this.server = createServer({
      ...this.material.options,
      requestCert: credentials.options.requireClientCertificate,
      rejectUnauthorized: true,
      ...(alpn.length > 0 ? { ALPNProtocols: [...alpn] } : {}),
    });
    this.server.on('secureConnection', (socket) => this.find(socket)?.done(socket));
    this.server.on('tlsClientError', (cause, socket) => {
      const { authorizationError } = socket as { authorizationError?: Error | string };
      this.find(socket)?.failed(cause, authorizationError ? String(authorizationError) : undefined);
    });
  }

  /** A handshake record of any version: what TLS begins with. */
  recognises(first: Buffer): boolean | undefined {
    if (first[0] !== 0x16) return false;
    return first.length < 2 ? undefined : first[1] === 0x03;
  }

  take(socket: Socket, peer: string, untilMs: number): void {
    const { credentials, clock, prefaceTimeoutMs, refused, enter } = this.options;
    const { current } = credentials;
    if (current !== this.material) {
      this.material = current;
      this.server.setSecureContext(current.options);
    }
    const over = (): void => {
      timer.cancel();
      this.waiting.delete(socket);
      this.reception.release(socket);
    };
    const turnAway = (error: SkerryError | undefined): void => {
      over();
      ignoreErrors(socket).destroy();
      if (error) refused(error);
    };
    const timer = clock.setTimer(
      untilMs - clock.now(),
      () => turnAway(failed('accept', peer, `its TLS handshake took longer than ${prefaceTimeoutMs} ms`)),
      true,
    );
    this.waiting.set(socket, {
      done: (secured) => {
        over();
        // It costs the server far more than who asks for it, and TLS 1.3 has none. Node reports an attempt, and would go on.
        secured.disableRenegotiation();
        secured.on('error', () => secured.destroy());
        enter(secured, peer, untilMs);
      },
      failed: (cause, authorization) => turnAway(explainAccept(peer, cause, authorization)),
    });
    this.reception.hold(socket, () => timer.cancel());
    this.server.emit('connection', socket);
  }

  /** Node tells only by this which connection a handshake was of. */
  private find(socket: TLSSocket): Waiting | undefined {
    const { _parent } = socket as unknown as { _parent: Socket };
    return this.waiting.get(_parent);
  }
}
