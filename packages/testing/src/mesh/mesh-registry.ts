import {
  MemoryRegistryDriver,
  type MemoryRegistryEngine,
  type NodeRecord,
  type RegistryCapabilities,
  type RegistryDriver,
} from '@skerry/core';
import { Exchange, never } from './exchange.js';
import type { Host, MeshNet } from './mesh-net.js';
import { OrderedWay } from './ordered-way.js';

/** The registry as a node reaches it over the mesh: each request has a connection of its own, as with HTTP, and each watch has. */
export class MeshRegistryDriver implements RegistryDriver {
  readonly name = 'memory';
  readonly capabilities: RegistryCapabilities;
  private readonly inner: MemoryRegistryDriver;
  private readonly exchange: Exchange;

  constructor(
    private readonly net: MeshNet,
    private readonly host: Host,
    engine: MemoryRegistryEngine,
  ) {
    this.inner = new MemoryRegistryDriver(engine);
    this.capabilities = this.inner.capabilities;
    this.exchange = new Exchange(net, host, 'registry');
    host.ended.add(() => void this.inner.close());
  }

  register(node: NodeRecord, signal: AbortSignal): Promise<void> {
    return this.exchange.request(() => this.inner.register(node, never), signal);
  }

  deregister(node: NodeRecord, signal: AbortSignal): Promise<void> {
    return this.exchange.request(() => this.inner.deregister(node, never), signal);
  }

  lookup(service: string, signal: AbortSignal): Promise<readonly NodeRecord[]> {
    return this.exchange.request(() => this.inner.lookup(service, never), signal);
  }

  services(signal: AbortSignal): Promise<readonly string[]> {
    return this.exchange.request(() => this.inner.services(never), signal);
  }

  watch(service: string, changed: (nodes: readonly NodeRecord[]) => void, signal: AbortSignal): Promise<void> {
    const { net, host } = this;
    return new Promise((resolve, reject) => {
      const watching = new AbortController();
      const back = new OrderedWay(
        net,
        'registry',
        host.name,
        () => host.frozen,
        () => undefined,
      );
      const end = (how: () => void): void => {
        watching.abort();
        back.clear();
        signal.removeEventListener('abort', leave);
        how();
      };
      const leave = (): void => end(resolve);
      if (signal.aborted) return resolve();
      signal.addEventListener('abort', leave, { once: true });
      const lost = (error: Error): void => back.send(() => net.enter(host, () => end(() => reject(error))));
      const report = (nodes: readonly NodeRecord[]): void => {
        const { rates, chance } = net;
        if (chance.happens(rates.lostReports)) return net.history.add('mesh', `a report to ${host.name} is lost`);
        if (chance.happens(rates.resets)) return lost(new Error('the connection of the watch broke'));
        const arrived = (): void => {
          if (!watching.signal.aborted) changed(nodes);
        };
        const lateMs = net.overtaken();
        if (lateMs === 0) back.send(() => net.enter(host, arrived));
        else net.time.set(lateMs, () => net.reach('registry', host, arrived));
      };
      net.carry(host.name, 'registry', () => {
        if (!watching.signal.aborted) this.watchThere(service, report, watching.signal, lost);
      });
    });
  }

  async close(): Promise<void> {
    await this.inner.close();
  }

  private watchThere(
    service: string,
    report: (nodes: readonly NodeRecord[]) => void,
    signal: AbortSignal,
    lost: (error: Error) => void,
  ): void {
    // Refused where the registry is stopped, in the same turn.
    Promise.resolve()
      .then(() => this.inner.watch(service, report, signal))
      .catch(lost);
  }
}
