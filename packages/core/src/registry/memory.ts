import type { RegistryCapabilities, RegistryDriver } from './driver.js';
import type { MemoryRegistryEngine } from './memory-engine.js';
import type { NodeRecord } from './node-record.js';

/**
 * The registry of one process, for tests and for services that run together: as many drivers as there are registries,
 * all on one {@link MemoryRegistryEngine}. The reference for what a driver does, and for how little that is.
 */
export class MemoryRegistryDriver implements RegistryDriver {
  readonly name = 'memory';
  readonly capabilities: RegistryCapabilities;
  private readonly watches = new Set<() => void>();

  /** @param capabilities What differs from the full set, to stand in for an engine that can do less. */
  constructor(
    private readonly engine: MemoryRegistryEngine,
    capabilities: Partial<RegistryCapabilities> = {},
  ) {
    this.capabilities = { watch: true, expiry: true, writable: true, maxRecordBytes: 1024 * 1024, ...capabilities };
  }

  async register(node: NodeRecord, signal: AbortSignal): Promise<void> {
    await this.engine.reached(signal);
    this.engine.put(node);
  }

  async deregister(node: NodeRecord, signal: AbortSignal): Promise<void> {
    await this.engine.reached(signal);
    this.engine.delete(node);
  }

  async lookup(service: string, signal: AbortSignal): Promise<readonly NodeRecord[]> {
    await this.engine.reached(signal);
    return this.engine.nodes(service);
  }

  async services(signal: AbortSignal): Promise<readonly string[]> {
    await this.engine.reached(signal);
    return this.engine.services();
  }

  watch(service: string, changed: (nodes: readonly NodeRecord[]) => void, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return resolve();
      const unwatch = this.engine.watch(service, changed, (error) => {
        reject(error);
        end();
      });
      const end = (): void => {
        unwatch();
        this.watches.delete(end);
        signal.removeEventListener('abort', end);
        resolve();
      };
      this.watches.add(end);
      signal.addEventListener('abort', end);
    });
  }

  async close(): Promise<void> {
    for (const end of this.watches) end();
  }
}
