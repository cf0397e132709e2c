import type { Clock, Timer } from '../clock/clock.js';
import { abortable } from './abortable.js';
import type { NodeRecord } from './node-record.js';
import { sameJson } from './same-json.js';

interface Entry {
  readonly node: NodeRecord;
  readonly expiry: Timer;
}

interface Watch {
  readonly changed: (nodes: readonly NodeRecord[]) => void;
  readonly lost: (error: Error) => void;
  /** Changes of one turn are one report. */
  due: boolean;
}

/**
 * What a server would be to the drivers of another engine: it holds the records, expires them, tells who watches.
 * Passed to every {@link MemoryRegistryDriver} that shall see the same nodes. It can be hurt as a server can be, for
 * tests.
 */
export class MemoryRegistryEngine {
  private readonly entries = new Map<string, Map<string, Entry>>();
  private readonly watches = new Map<string, Set<Watch>>();
  private refusal?: Error;
  private thaw?: { readonly done: Promise<void>; readonly resolve: () => void };

  constructor(private readonly clock: Clock) {}

  /** Resolves when the engine takes a request; rejects while it is stopped, and when `signal` aborts. */
  async reached(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.refusal) throw this.refusal;
    if (this.thaw) await abortable(this.thaw.done, signal);
  }

  put(node: NodeRecord): void {
    const siblings = this.entries.get(node.service) ?? new Map<string, Entry>();
    const former = siblings.get(node.id);
    if (former && former.node.epoch > node.epoch) return;
    former?.expiry.cancel();
    this.entries.set(node.service, siblings);
    siblings.set(node.id, { node, expiry: this.clock.setTimer(node.ttlMs, () => this.delete(node), true) });
    if (!sameJson(former?.node, node)) this.report(node.service);
  }

  delete({ service, id }: NodeRecord): void {
    const siblings = this.entries.get(service);
    const entry = siblings?.get(id);
    if (!siblings || !entry) return;
    entry.expiry.cancel();
    siblings.delete(id);
    if (siblings.size === 0) this.entries.delete(service);
    this.report(service);
  }

  nodes(service: string): readonly NodeRecord[] {
    return [...(this.entries.get(service)?.values() ?? [])].map(({ node }) => node);
  }

  services(): readonly string[] {
    return [...this.entries.keys()];
  }

  /** Returns what ends it; neither is called afterwards. Throws while the engine is stopped. */
  watch(service: string, changed: Watch['changed'], lost: Watch['lost']): () => void {
    if (this.refusal) throw this.refusal;
    const watch: Watch = { changed, lost, due: false };
    const siblings = this.watches.get(service) ?? new Set<Watch>();
    this.watches.set(service, siblings.add(watch));
    return () => {
      siblings.delete(watch);
      if (siblings.size === 0 && this.watches.get(service) === siblings) this.watches.delete(service);
    };
  }

  /** Refuses every request and breaks every watch, like a server that is down. Records expire all the same. */
  stop(): void {
    this.refusal = new Error('the engine is stopped');
    for (const watch of [...this.watches.values()].flatMap((siblings) => [...siblings])) watch.lost(this.refusal);
  }

  /** Answers nothing and reports nothing, like a server that hangs. */
  freeze(): void {
    let resolve!: () => void;
    const done = new Promise<void>((thawed) => (resolve = thawed));
    this.thaw ??= { done, resolve };
  }

  /** Ends {@link stop} and {@link freeze}. */
  resume(): void {
    delete this.refusal;
    this.thaw?.resolve();
    delete this.thaw;
    for (const service of this.watches.keys()) this.report(service);
  }

  /** Forgets every record and tells nobody, like a server that lost its disk. */
  wipe(): void {
    for (const siblings of this.entries.values()) for (const { expiry } of siblings.values()) expiry.cancel();
    this.entries.clear();
  }

  private report(service: string): void {
    const siblings = this.watches.get(service);
    for (const watch of siblings ?? []) {
      if (watch.due) continue;
      watch.due = true;
      // Later, as from a server: nobody is called back from inside a call of its own.
      queueMicrotask(() => {
        watch.due = false;
        if (siblings?.has(watch) && !this.refusal && !this.thaw) watch.changed(this.nodes(service));
      });
    }
  }
}
