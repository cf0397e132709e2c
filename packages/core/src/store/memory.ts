import type {
  StoreBatchOutcome,
  StoreCapabilities,
  StoredChange,
  StoreDelete,
  StoredEntry,
  StoredPage,
  StoreDriver,
  StoreOutcome,
  StorePut,
  StoreRange,
  StoreWrite,
} from './driver.js';
import type { MemoryStoreEngine } from './memory-engine.js';

/**
 * The store of one process, for tests and for what may be forgotten: as many drivers as there are stores, all on one
 * `MemoryStoreEngine`. The reference for what a driver does, and for how little that is.
 */
export class MemoryStoreDriver implements StoreDriver {
  readonly name = 'memory';
  readonly capabilities: StoreCapabilities;
  private readonly watches = new Set<() => void>();
  private closed = false;

  /** @param capabilities What differs from the full set, to stand in for an engine that can do less. */
  constructor(
    private readonly engine: MemoryStoreEngine,
    capabilities: Partial<StoreCapabilities> = {},
  ) {
    this.capabilities = {
      watch: true,
      ttl: true,
      maxBatchWrites: 1_000,
      durable: 'memory',
      maxValueBytes: 4 * 1024 * 1024,
      ...capabilities,
    };
    engine.attach();
  }

  async get(key: string, signal: AbortSignal): Promise<StoredEntry | undefined> {
    await this.engine.reached(signal);
    return this.engine.get(key);
  }

  async put(write: StorePut, signal: AbortSignal): Promise<StoreOutcome> {
    this.can('times to live', this.capabilities.ttl || write.ttlMs === undefined);
    return this.write(write, signal);
  }

  delete(write: StoreDelete, signal: AbortSignal): Promise<StoreOutcome> {
    return this.write(write, signal);
  }

  async batch(writes: readonly StoreWrite[], signal: AbortSignal): Promise<StoreBatchOutcome> {
    this.can('batches', this.capabilities.maxBatchWrites > 0);
    await this.engine.reached(signal);
    return this.engine.write(writes);
  }

  async list(range: StoreRange, signal: AbortSignal): Promise<StoredPage> {
    await this.engine.reached(signal);
    return this.engine.list(range);
  }

  async watch(prefix: string, changed: (changes: readonly StoredChange[]) => void, signal: AbortSignal): Promise<void> {
    this.can('watches', this.capabilities.watch);
    return new Promise((resolve, reject) => {
      if (signal.aborted) return resolve();
      const unwatch = this.engine.watch(prefix, changed, (error) => {
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
    if (!this.closed) this.engine.detach();
    this.closed = true;
  }

  private can(what: string, able: boolean): void {
    if (!able) throw new Error(`this engine has no ${what}`);
  }

  private async write(write: StorePut | StoreDelete, signal: AbortSignal): Promise<StoreOutcome> {
    await this.engine.reached(signal);
    const outcome = this.engine.write([write]);
    if (outcome.done) {
      const [version] = outcome.versions;
      return { done: true, ...(version === undefined ? {} : { version }) };
    }
    return { done: false, ...(outcome.found === undefined ? {} : { found: outcome.found }) };
  }
}
