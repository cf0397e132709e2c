import { Peers } from '../client/peers.js';
import { Codecs } from '../codec/codecs.js';
import { Clock } from '../clock/clock.js';
import { Health } from '../debug/health.js';
import type { NodeRecord } from '../registry/node-record.js';
import type { Registration } from '../registry/registration.js';
import { Registry } from '../registry/registry.js';
import { ServerProtocols } from '../server/protocol.js';
import { Server } from '../server/server.js';
import type { ServedProvider } from '../service/check.js';
import { Transport } from '../transport/transport.js';
import { advertised } from './advertise.js';
import { APPLICATION_INFO } from './built-in.js';
import { composeEndpoints, nodeId } from './endpoints.js';
import type { AppEvents } from './events.js';
import { admission } from './health-gate.js';
import type { Instances } from './instances.js';
import { describeNode } from './node-records.js';
import type { ResolvedOptions } from './options.js';

/** What an application does for others: its server, and its nodes in the registry. Nothing, where it has no services. */
export class Serving {
  /** Where its services are called; `undefined` until it listens. */
  address: string | undefined;
  server: Server | undefined;
  registrations: readonly Registration[] = [];

  constructor(
    private readonly served: readonly ServedProvider[],
    private readonly instances: Instances,
    private readonly options: ResolvedOptions,
    private readonly events: AppEvents,
  ) {}

  get services(): readonly string[] {
    return this.served.map(({ service }) => service.name);
  }

  async listen(): Promise<void> {
    const { served, instances, options, events } = this;
    if (served.length === 0) return;
    const { instance, self } = instances.get(APPLICATION_INFO);
    const clock = instances.get(Clock);
    const endpoints = composeEndpoints(served, {
      ...{ instances, instance, clock },
      events: (event) => events.emit(event),
    });
    this.server = new Server({
      ...{ clock, endpoints, maxMessageBytes: options.maxMessageBytes },
      transport: instances.get(Transport),
      codecs: instances.get(Codecs),
      protocols: instances.get(ServerProtocols).all,
      observer: options.observer,
      events: (event) => events.emit(event),
    });
    this.address = await this.server.listen(options.listen);
    const local = this.server.local(self);
    const { zone, weight, metadata } = options;
    const addresses = { skerry: this.address };
    const site = { addresses, zone, weight, metadata, codecs: instances.get(Codecs).names };
    const nodes = served.map(({ service }): NodeRecord => ({
      ...describeNode(service, nodeId(service.name, instance), site),
      // Nobody refreshes it, and nobody need: it is there for as long as the process.
      ...{ ttlMs: Infinity, epoch: 0 },
    }));
    instances.get(Peers).serveLocally(nodes, local);
  }

  /** Registers every service, as soon as the application's health lets it; see {@link Registration.ready}. */
  announce(): void {
    const { served, instances, options, events } = this;
    if (!this.address) return;
    const registry = instances.get(Registry);
    const told = advertised(this.address, options);
    events.emit({ type: 'advertising', ...told });
    const { zone, weight, metadata } = options;
    const { instance } = instances.get(APPLICATION_INFO);
    const addresses = { skerry: told.address, ...this.server!.addresses(told.address) };
    this.registrations = served.map(({ service }) => {
      const site = { addresses, zone, weight, metadata, codecs: instances.get(Codecs).names };
      const node = describeNode(service, nodeId(service.name, instance), site);
      return registry.register(node, admission(instances.get(Health)));
    });
  }
}
