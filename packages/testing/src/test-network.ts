import {
  MemoryBrokerDriver,
  MemoryBrokerEngine,
  MemoryNetwork,
  MemoryRegistryDriver,
  MemoryRegistryEngine,
  MemoryStoreDriver,
  MemoryStoreEngine,
  MemoryTransport,
  SystemClock,
  type BrokerDriver,
  type Clock,
  type PeerIdentity,
  type RegistryDriver,
  type StoreDriver,
  type TransportDriver,
} from '@skerry/core';
import type { TestApp } from './test-app.js';

/**
 * A network that exists in memory only: applications that are started on it find and call each other, exchange messages and share
 * a store, and nobody else's.
 *
 *     const network = new TestNetwork();
 *     await TestApp.create(StockModule, { network }).start();
 *     const shop = await TestApp.create(ShopModule, { network }).start();
 *     afterAll(() => network.close());
 */
export class TestNetwork {
  private readonly links = new MemoryNetwork();
  /** Behind the registry of every application: can be stopped, frozen and wiped. */
  readonly registry: MemoryRegistryEngine;
  /** Behind every broker: can be stopped and frozen, and lose subscriptions. */
  readonly broker: MemoryBrokerEngine;
  /** Behind every store. */
  readonly store: MemoryStoreEngine;
  private readonly apps = new Set<TestApp>();

  /** @param clock Time for everything on this network. Default: the system's. */
  constructor(readonly clock: Clock = new SystemClock()) {
    this.registry = new MemoryRegistryEngine(clock);
    this.broker = new MemoryBrokerEngine(clock);
    this.store = new MemoryStoreEngine(clock);
  }

  /**
   * Closes every application on this network, the last one started first. Rejects with `SKERRY_TEST_LEAK` when any of them
   * left something open, after all are closed.
   */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const app of [...this.apps].reverse()) await app.close().catch((error: unknown) => failures.push(error));
    if (failures.length === 1) throw failures[0];
    if (failures.length > 1) throw new AggregateError(failures, failures.map(String).join('\n'));
  }

  /**
   * For {@link TestApp}: what puts an application onto this network.
   *
   * @param identity Who it is to the others. Default: nobody.
   */
  connect(identity?: PeerIdentity): {
    transport: TransportDriver;
    registry: RegistryDriver;
    broker: BrokerDriver;
    store: StoreDriver;
  } {
    return {
      transport: new MemoryTransport(this.links, this.clock, {}, identity),
      registry: new MemoryRegistryDriver(this.registry),
      broker: new MemoryBrokerDriver(this.broker),
      store: new MemoryStoreDriver(this.store),
    };
  }

  joined(app: TestApp): void {
    this.apps.add(app);
  }

  left(app: TestApp): void {
    this.apps.delete(app);
  }
}
