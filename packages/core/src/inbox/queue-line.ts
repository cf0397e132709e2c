import type { Clock, Timer } from '../clock/clock.js';
import { MemoryLine } from '../broker/memory-line.js';
import { KeyLanes } from './key-lanes.js';
import type { InboxNode } from './inbox-node.js';
import { LineNodes, type NodeOutcome } from './line-nodes.js';
import type { OutboxEntry } from './outbox-entry.js';

/** What becomes of an entry when its delivery has ended; see {@link QueueLine}. */
export type Aftermath =
  /** It is out of the queue. */
  | { readonly type: 'left' }
  /** It returns to its place. */
  | { readonly type: 'again'; readonly afterMs: number }
  /** It joins the end, or keeps its place where its key's order matters. */
  | { readonly type: 'later'; readonly afterMs: number };

/** How a delivery went, for its node and for the entry. */
export interface Flown {
  readonly node: NodeOutcome;
  readonly aftermath: Aftermath;
}

/** What a line asks of its inbox. */
export interface LineHost {
  readonly clock: Clock;
  /** Nothing is to be delivered any more. */
  readonly stopped: boolean;
  /** The nodes of the queue as they are known now. */
  nodes(line: QueueLine): readonly InboxNode[];
  /** Delivers the entry, whatever that takes. Never rejects. */
  fly(entry: OutboxEntry, node: InboxNode): Promise<Flown>;
  /** So many bytes of one entry are kept no longer. */
  freed(bytes: number): void;
  /** The last entry has left. */
  emptied(line: QueueLine): void;
}

/**
 * What waits for one queue, and who is brought it: the oldest that is due goes to a node with room. Knows entries only; what they say
 * stays in the store until it is delivered.
 */
export class QueueLine {
  /** By which topics or patterns its nodes are found. */
  readonly sources = new Set<string>();
  private readonly entries = new Map<string, OutboxEntry>();
  private readonly ready = new MemoryLine<OutboxEntry>();
  private readonly keys = new KeyLanes();
  private readonly nodes: LineNodes;
  private lastPlace = 0;
  private wakeUp: Timer | undefined;

  constructor(
    /** As keys have it: see `lineName`. */
    readonly name: string,
    readonly queue: string,
    /** Of a broadcast: it goes with it. */
    readonly node: string | undefined,
    private readonly host: LineHost,
  ) {
    this.nodes = new LineNodes(host.clock);
  }

  get size(): number {
    return this.entries.size;
  }

  /** Of them, those that somebody is being brought. */
  get flying(): number {
    let flying = 0;
    for (const entry of this.entries.values()) if (entry.flying) flying++;
    return flying;
  }

  get all(): Iterable<OutboxEntry> {
    return this.entries.values();
  }

  has(seq: string): boolean {
    return this.entries.has(seq);
  }

  /** @param waitMs Until it is due. @param inLane Its key waits for it meanwhile. */
  add(entry: OutboxEntry, waitMs = 0, inLane = false): void {
    this.sources.add(entry.record.on);
    this.entries.set(entry.seq, entry);
    entry.place = ++this.lastPlace;
    if (inLane && !this.keys.enter(entry)) return;
    this.join(entry, waitMs);
  }

  /** Brings what is due to the nodes that have room. */
  pump(): void {
    const { host } = this;
    if (host.stopped || !this.ready.first) return;
    const nodes = host.nodes(this);
    while (this.ready.first) {
      const node = this.nodes.pick(nodes);
      if (!node) {
        this.wakeIn(this.nodes.nextMs(nodes));
        return;
      }
      const entry = this.ready.shift()!;
      entry.flying = true;
      this.nodes.began(node);
      void this.deliver(entry, node);
    }
  }

  /** Forgets the entry: it is in the store no longer, or will not be. */
  leave(entry: OutboxEntry): void {
    if (!this.entries.delete(entry.seq)) return;
    entry.wait?.cancel();
    this.ready.remove(entry);
    this.host.freed(entry.record.bytes);
    const next = this.keys.leave(entry);
    if (next) this.join(next, 0);
    if (this.entries.size === 0) this.host.emptied(this);
  }

  /** Nothing waits for a time any more. */
  close(): void {
    this.wakeUp?.cancel();
    for (const { wait } of this.entries.values()) wait?.cancel();
  }

  private async deliver(entry: OutboxEntry, node: InboxNode): Promise<void> {
    const { node: outcome, aftermath } = await this.host.fly(entry, node);
    entry.flying = false;
    if (this.host.stopped) return;
    this.nodes.ended(node, outcome);
    this.nodes.keep(this.host.nodes(this));
    if (aftermath.type === 'left') this.leave(entry);
    else {
      if (aftermath.type === 'later' && entry.record.key === undefined) entry.place = ++this.lastPlace;
      this.join(entry, aftermath.afterMs);
    }
    this.pump();
  }

  private join(entry: OutboxEntry, waitMs: number): void {
    entry.wait = undefined;
    if (this.host.stopped) return;
    if (waitMs > 0) {
      entry.wait = this.host.clock.setTimer(
        waitMs,
        () => {
          this.join(entry, 0);
          this.pump();
        },
        true,
      );
      return;
    }
    if (this.keys.enter(entry)) this.ready.add(entry);
  }

  private wakeIn(ms: number): void {
    this.wakeUp?.cancel();
    this.wakeUp = undefined;
    if (ms === Infinity) return;
    this.wakeUp = this.host.clock.setTimer(
      ms,
      () => {
        this.wakeUp = undefined;
        this.pump();
      },
      true,
    );
  }
}
