import { createServer, type ListenOptions, type Server, type Socket } from 'node:net';
import { SkerryError } from '../errors/skerry-error.js';
import { listenFailed } from './socket-errors.js';

export interface SocketListenerOptions {
  /** As it was given, for errors. */
  readonly address: string;
  readonly where: ListenOptions;
  readonly maxConnections: number;
  readonly connected: (socket: Socket) => void;
  readonly refused: (error: SkerryError) => void;
}

/**
 * A server of the operating system's sockets that listens. Sockets are half-open, and carry what is written without delay.
 * Rejects with `SKERRY_TRANSPORT_LISTEN_FAILED`.
 */
export async function listenForSockets(options: SocketListenerOptions): Promise<Server> {
  const { address, where, maxConnections, connected, refused } = options;
  let full = false;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    full = false;
    connected(socket);
  });
  server.maxConnections = maxConnections;
  server.on('drop', () => {
    // Those that are turned away would fill the log if each was told.
    if (!full) refused(tooMany(address, maxConnections));
    full = true;
  });
  await new Promise<void>((resolve, reject) => {
    const failed = (cause: Error): void => reject(listenFailed(address, cause));
    server.once('error', failed);
    server.listen(where, () => {
      server.off('error', failed);
      resolve();
    });
  });
  // Accepting fails when the process is out of file descriptors; the next peer may be luckier.
  server.on('error', (cause) => refused(listenFailed(address, cause)));
  return server;
}

function tooMany(address: string, most: number): SkerryError {
  return new SkerryError(
    'SKERRY_TRANSPORT_TOO_MANY_CONNECTIONS',
    `turns peers away at ${address}: ${most} connections are open, as many as may be; close some, or raise maxConnections`,
    { details: { maxConnections: most } },
  );
}
