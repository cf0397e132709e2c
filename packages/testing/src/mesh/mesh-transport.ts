import { SkerryError, type Link, type Listener, type TransportDriver } from '@skerry/core';
import { MeshConnection } from './mesh-connection.js';
import type { Host, MeshNet } from './mesh-net.js';

interface Listening {
  readonly host: Host;
  readonly accept: (link: Link) => void;
}

/** The addresses of a mesh, and the connections that were made to them. */
export class MeshPorts {
  readonly listening = new Map<string, Listening>();
  private connections: MeshConnection[] = [];

  constructor(private readonly net: MeshNet) {
    net.conditions.onChange(() => (this.connections = this.connections.filter(({ over }) => !over)));
  }

  connect(from: Host, to: Listening, address: string): MeshConnection {
    const connection = new MeshConnection(this.net, from, to.host, address, to.accept);
    this.connections.push(connection);
    return connection;
  }

  reset(one: (name: string) => boolean, other: (name: string) => boolean): void {
    for (const connection of this.connections) if (!connection.over && connection.joins(one, other)) connection.reset();
  }

  /** Its machine was gone, and another is in its place. */
  forget(host: Host): void {
    for (const connection of this.connections) connection.forgotten(host);
  }
}

/** What one node of a mesh has in place of a network. Its address is its name: `memory://stock-1`. */
export class MeshTransport implements TransportDriver {
  readonly scheme = 'memory';

  constructor(
    private readonly net: MeshNet,
    private readonly ports: MeshPorts,
    private readonly host: Host,
  ) {}

  async listen(address: string, accept: (link: Link) => void): Promise<Listener> {
    const { host } = this;
    const { listening } = this.ports;
    const bound = address === 'memory://' ? `memory://${host.name}` : address;
    if (listening.has(bound)) {
      throw new SkerryError('SKERRY_TRANSPORT_LISTEN_FAILED', `cannot listen on ${bound}: another does`);
    }
    const own: Listening = { host, accept };
    const release = (): void => {
      if (listening.get(bound) === own) listening.delete(bound);
    };
    listening.set(bound, own);
    host.ended.add(release);
    return { address: bound, close: async () => release() };
  }

  connect(address: string, signal: AbortSignal): Promise<Link> {
    const { net, ports, host } = this;
    const name = address.slice('memory://'.length);
    return new Promise<Link>((resolve, reject) => {
      signal.throwIfAborted();
      let connection: MeshConnection | undefined;
      const givenUp = (): void => {
        reject(signal.reason as Error);
        connection?.reset();
      };
      signal.addEventListener('abort', givenUp, { once: true });
      net.carry(host.name, name, () => {
        if (signal.aborted) return;
        const target = ports.listening.get(address);
        if (target) connection = ports.connect(host, target, address);
        net.reach(name, host, () => {
          if (signal.aborted) return;
          signal.removeEventListener('abort', givenUp);
          if (connection) resolve(connection.link);
          else
            reject(new SkerryError('SKERRY_RPC_CONNECT_FAILED', `cannot connect to ${address}: nobody listens there`));
        });
      });
    });
  }
}
