import type { Clock } from '../clock/clock.js';
import type { RegistryCapabilities, RegistryDriver } from './driver.js';
import { ensureDirectory, localDirectory } from './local-directory.js';
import { LocalFiles } from './local-files.js';
import { LocalLiveness } from './local-liveness.js';
import { fileName, filePrefix, type LocalRecord } from './local-record.js';
import { LocalWatch } from './local-watch.js';
import type { NodeRecord } from './node-record.js';

export interface LocalRegistryOptions {
  /**
   * Default: `SKERRY_LOCAL_REGISTRY_DIR`, else `skerry-<uid>` among the system's temporary files. On one machine only.
   */
  readonly directory?: string;
  /** How often watched nodes are checked for processes that died. Default 1 s. */
  readonly checkMs?: number;
  /** `false` where the file system tells of no changes, as some that are mounted: checks find them. Default `true`. */
  readonly fileEvents?: boolean;
}

/**
 * The registry of all processes that one user runs on one machine, containers that share the directory included: a file
 * for each node, and no server. A node whose process has died is gone at once, one whose process has hung or cannot be
 * seen from here (another container's) after its TTL.
 */
export class LocalRegistryDriver implements RegistryDriver {
  readonly name = 'local';
  readonly capabilities: RegistryCapabilities = {
    watch: true,
    expiry: true,
    writable: true,
    maxRecordBytes: 256 * 1024,
  };
  /** Absolute. */
  readonly directory: string;
  private readonly files: LocalFiles;
  private readonly liveness: LocalLiveness;
  private readonly watching: LocalWatch;

  /** Touches nothing yet: an unsafe directory is found by the first call. */
  constructor(
    clock: Clock,
    options: LocalRegistryOptions = {},
    env: Readonly<Record<string, string | undefined>> = process.env,
  ) {
    this.directory = localDirectory(options.directory, env);
    this.files = new LocalFiles(this.directory, clock, this.capabilities.maxRecordBytes);
    this.liveness = new LocalLiveness(clock);
    const { checkMs = 1_000, fileEvents = true } = options;
    this.watching = new LocalWatch(this.directory, this.files, this.liveness, clock, checkMs, fileEvents);
  }

  async register(node: NodeRecord, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await ensureDirectory(this.directory);
    const present = await this.files.read(fileName(node));
    signal.throwIfAborted();
    if (present && present.node.epoch > node.epoch && this.alive(present)) return;
    await this.files.write({ node, stamp: this.liveness.stamp() });
  }

  async deregister(node: NodeRecord, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await this.files.remove(fileName(node));
  }

  async lookup(service: string, signal: AbortSignal): Promise<readonly NodeRecord[]> {
    return this.live(filePrefix(service), signal);
  }

  async services(signal: AbortSignal): Promise<readonly string[]> {
    return [...new Set((await this.live('', signal)).map(({ service }) => service))];
  }

  watch(service: string, changed: (nodes: readonly NodeRecord[]) => void, signal: AbortSignal): Promise<void> {
    return this.watching.watch(service, changed, signal);
  }

  /** Leaves the records where they are: they end with their process. */
  close(): Promise<void> {
    return this.watching.close();
  }

  private async live(prefix: string, signal: AbortSignal): Promise<readonly NodeRecord[]> {
    signal.throwIfAborted();
    await ensureDirectory(this.directory);
    const names = (await this.files.list()).filter((name) => name.startsWith(prefix));
    const nodes: NodeRecord[] = [];
    for (const [name, record] of await this.files.readAll(names, signal)) {
      if (this.alive(record)) nodes.push(record.node);
      else await this.files.bury(name, (again) => this.alive(again));
    }
    return nodes;
  }

  private alive({ node, stamp }: LocalRecord): boolean {
    return this.liveness.alive(stamp, node.ttlMs);
  }
}
