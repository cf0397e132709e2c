import type { StoreBatchOutcome, StoreOutcome, StoreWrite } from '../driver.js';

/** A version as a history names it: what a step wrote, whichever text the engine gave it. */
export interface ModelEntry {
  readonly text: string;
  readonly version: string;
  /** Infinite for what lives on. */
  readonly expiresAt: number;
}

/** What a store means, in a few lines. Learns the versions from the engine, and judges everything else by itself. */
export class StoreModel {
  private readonly entries = new Map<string, ModelEntry>();
  /** Every version that a key ever had. */
  private readonly used = new Set<string>();
  private now = 0;

  get(key: string): ModelEntry | undefined {
    const entry = this.entries.get(key);
    return entry && entry.expiresAt > this.now ? entry : undefined;
  }

  /** Live keys in the order of their bytes. */
  keys(prefix: string): string[] {
    const keys = [...this.entries.keys()].filter((key) => key.startsWith(prefix) && this.get(key));
    return keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }

  pass(ms: number): void {
    this.now += ms;
  }

  /** What is wrong with what the engine said about these writes; what it did is done here as well. */
  problemWith(writes: readonly StoreWrite[], outcome: StoreBatchOutcome): string | undefined {
    const failing = writes.filter((write) => !this.holds(write));
    if (!outcome.done) {
      const write = writes[outcome.index]!;
      if (!failing.includes(write)) return `refused ${write.key}, whose condition holds`;
      const there = this.get(write.key)?.version;
      return outcome.found === there ? undefined : `found version ${outcome.found} of ${write.key}, which has ${there}`;
    }
    if (failing.length > 0) return `did not mind the condition on ${failing[0]!.key}`;
    const problems = writes.map((write, index) => this.apply(write, outcome.versions[index]));
    return problems.find((problem) => problem !== undefined);
  }

  private holds({ key, ...write }: StoreWrite): boolean {
    const found = this.get(key)?.version;
    if (write.ifVersion !== undefined) return found === write.ifVersion;
    return !(write.type === 'put' && write.ifAbsent && found !== undefined);
  }

  private apply(write: StoreWrite, version: string | undefined): string | undefined {
    const { key } = write;
    const former = this.get(key)?.version;
    if (write.type === 'delete') {
      this.entries.delete(key);
      return version === former ? undefined : `removed version ${version} of ${key}, which had ${former}`;
    }
    if (version === undefined) return `told no version of ${key}`;
    if (this.used.has(`${key} ${version}`)) return `used version ${version} of ${key} again`;
    this.used.add(`${key} ${version}`);
    const text = Buffer.from(write.value).toString();
    this.entries.set(key, { text, version, expiresAt: this.now + (write.ttlMs ?? Infinity) });
    return undefined;
  }
}

/** One write as a batch of one. */
export function asBatch(outcome: StoreOutcome): StoreBatchOutcome {
  if (outcome.done) return { done: true, versions: [outcome.version] };
  return { done: false, index: 0, ...(outcome.found === undefined ? {} : { found: outcome.found }) };
}
