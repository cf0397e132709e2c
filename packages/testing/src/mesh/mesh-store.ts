import {
  MemoryStoreDriver,
  type MemoryStoreEngine,
  type StoreBatchOutcome,
  type StoreCapabilities,
  type StoredChange,
  type StoreDelete,
  type StoredEntry,
  type StoredPage,
  type StoreDriver,
  type StoreOutcome,
  type StorePut,
  type StoreRange,
  type StoreWrite,
} from '@skerry/core';
import { Exchange, never } from './exchange.js';
import type { Host, MeshNet } from './mesh-net.js';
import { OrderedWay } from './ordered-way.js';

/** The store as a node reaches it over the mesh. */
export class MeshStoreDriver implements StoreDriver {
  readonly name = 'memory';
  readonly capabilities: StoreCapabilities;
  private readonly inner: MemoryStoreDriver;
  private readonly exchange: Exchange;

  constructor(
    private readonly net: MeshNet,
    private readonly host: Host,
    engine: MemoryStoreEngine,
  ) {
    this.inner = new MemoryStoreDriver(engine);
    this.capabilities = this.inner.capabilities;
    this.exchange = new Exchange(net, host, 'store');
    host.ended.add(() => void this.inner.close());
  }

  get(key: string, signal: AbortSignal): Promise<StoredEntry | undefined> {
    return this.exchange.request(() => this.inner.get(key, never), signal);
  }

  put(write: StorePut, signal: AbortSignal): Promise<StoreOutcome> {
    return this.exchange.request(() => this.inner.put(write, never), signal);
  }

  delete(write: StoreDelete, signal: AbortSignal): Promise<StoreOutcome> {
    return this.exchange.request(() => this.inner.delete(write, never), signal);
  }

  batch(writes: readonly StoreWrite[], signal: AbortSignal): Promise<StoreBatchOutcome> {
    return this.exchange.request(() => this.inner.batch(writes, never), signal);
  }

  list(range: StoreRange, signal: AbortSignal): Promise<StoredPage> {
    return this.exchange.request(() => this.inner.list(range, never), signal);
  }

  watch(prefix: string, changed: (changes: readonly StoredChange[]) => void, signal: AbortSignal): Promise<void> {
    const { net, host } = this;
    const back = new OrderedWay(
      net,
      'store',
      host.name,
      () => host.frozen,
      () => undefined,
    );
    const arrived = (changes: readonly StoredChange[]) => (): void => {
      if (!signal.aborted) changed(changes);
    };
    return this.inner.watch(prefix, (changes) => back.send(() => net.enter(host, arrived(changes))), signal);
  }

  async close(): Promise<void> {
    await this.inner.close();
  }
}
