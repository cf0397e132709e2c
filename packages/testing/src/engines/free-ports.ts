import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/**
 * Loopback ports that nothing listens on, all different. For programs that cannot choose themselves: between this answer and their
 * listening someone else may take one.
 */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  try {
    // All are held open until the last is known; that is what makes them differ.
    await Promise.all(servers.map((server) => once(server.listen(0, '127.0.0.1'), 'listening')));
    return servers.map((server) => (server.address() as AddressInfo).port);
  } finally {
    await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  }
}
