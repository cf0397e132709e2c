import type { Clock } from '../clock/clock.js';
import type { Flights } from './flights.js';
import type { InboxEvents } from './inbox-events.js';
import type { InboxNode } from './inbox-node.js';
import type { KnownQueues } from './known-queues.js';
import type { HeldEntry, OutboxEntry } from './outbox-entry.js';
import { lineName } from './outbox-keys.js';
import type { Outbox } from './outbox.js';
import { QueueLine, type Flown, type LineHost } from './queue-line.js';

export interface LinesGround {
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly known: KnownQueues;
  readonly flights: Flights;
  readonly events: InboxEvents;
  /** So much more waits, or less. */
  readonly counted: (messages: number, bytes: number) => void;
}

/** The lines of all queues for which something waits. Each goes on when its nodes change. */
export class WaitingLines implements LineHost {
  stopped = false;
  readonly clock: Clock;
  private readonly lines = new Map<string, QueueLine>();
  /** What ends the watching of nodes, by line and source. */
  private readonly watches = new Map<QueueLine, Map<string, () => void>>();

  constructor(private readonly ground: LinesGround) {
    this.clock = ground.clock;
  }

  /** Puts entries into their lines, without those that are there already, and begins to deliver. */
  add(
    entries: readonly HeldEntry[],
    { inLane, counted }: { readonly inLane: boolean; readonly counted: boolean },
  ): void {
    // It stays in the store, for the next start.
    if (this.stopped) return;
    const touched = new Set<QueueLine>();
    for (const { entry, heldForMs } of entries) {
      const { queue, node, on, bytes } = entry.record;
      const name = lineName(entry.record);
      let line = this.lines.get(name);
      if (line?.has(entry.seq)) {
        if (counted) this.ground.counted(-1, -bytes);
        continue;
      }
      if (!line) this.lines.set(name, (line = new QueueLine(name, queue, node, this)));
      if (!counted) this.ground.counted(1, bytes);
      this.watch(line, on);
      line.add(entry, heldForMs, inLane);
      touched.add(line);
    }
    for (const line of touched) line.pump();
  }

  /** The queue has a node of this process, of which the registry may not tell for a while. */
  nodeCame(node: InboxNode): void {
    this.lines.get(lineName(node))?.pump();
  }

  /** Messages in the line of that name that are being brought to somebody. */
  flying(name: string): number {
    return this.lines.get(name)?.flying ?? 0;
  }

  /** Forgets what has expired in the store, and what waits for broadcasts whose instances have gone. */
  async sweep(): Promise<void> {
    for (const line of [...this.lines.values()]) {
      await this.endWithNode(line);
      this.forgetExpired(line);
    }
  }

  /** Drops the oldest of all lines that are not on their way, until so much is free, or there are no more. */
  async dropOldest(messages: number, bytes: number): Promise<void> {
    const dropped = new Map<string, number>();
    let [left, leftBytes] = [messages, bytes];
    for (const line of [...this.lines.values()]) {
      const expired = this.forgetExpired(line);
      left -= expired.messages;
      leftBytes -= expired.bytes;
    }
    while (left > 0 || leftBytes > 0) {
      const oldest = this.oldest();
      if (!oldest) break;
      const { line, entry } = oldest;
      line.leave(entry);
      left--;
      leftBytes -= entry.record.bytes;
      dropped.set(line.queue, (dropped.get(line.queue) ?? 0) + 1);
      await this.ground.outbox.remove(entry);
    }
    for (const [queue, count] of dropped) {
      this.ground.events({ type: 'inbox-dropped', queue, messages: count, why: 'full' });
    }
  }

  close(): void {
    this.stopped = true;
    for (const line of this.lines.values()) line.close();
    for (const watches of this.watches.values()) for (const unwatch of watches.values()) unwatch();
    this.watches.clear();
  }

  // What lines ask for.

  nodes({ name, sources }: QueueLine): readonly InboxNode[] {
    return this.ground.known.nodesOf(name, sources);
  }

  fly(entry: OutboxEntry, node: InboxNode): Promise<Flown> {
    return this.ground.flights.fly(entry, node);
  }

  freed(bytes: number): void {
    this.ground.counted(-1, -bytes);
  }

  emptied(line: QueueLine): void {
    line.close();
    if (this.lines.get(line.name) === line) this.lines.delete(line.name);
    for (const unwatch of this.watches.get(line)?.values() ?? []) unwatch();
    this.watches.delete(line);
  }

  private nodesChanged(line: QueueLine): void {
    line.pump();
    // Later: whoever looks for nodes is in the middle of something.
    void this.endWithNode(line).catch(() => undefined);
  }

  /** Nobody comes back to a broadcast's queue. */
  private async endWithNode(line: QueueLine): Promise<void> {
    if (line.node === undefined || !this.ground.known.isGone(line.name, line.sources)) return;
    for (const entry of idle(line)) {
      line.leave(entry);
      await this.ground.outbox.remove(entry);
    }
  }

  /** Gives how much that was. */
  private forgetExpired(line: QueueLine): { readonly messages: number; readonly bytes: number } {
    const now = this.clock.now();
    const over = idle(line).filter((entry) => entry.isOver(now));
    for (const entry of over) line.leave(entry);
    const messages = over.filter(({ record }) => !record.expires).length;
    if (messages > 0) this.ground.events({ type: 'inbox-dropped', queue: line.queue, messages, why: 'expired' });
    return { messages: over.length, bytes: over.reduce((sum, { record }) => sum + record.bytes, 0) };
  }

  private watch(line: QueueLine, on: string): void {
    let watches = this.watches.get(line);
    if (!watches) this.watches.set(line, (watches = new Map<string, () => void>()));
    if (!watches.has(on))
      watches.set(
        on,
        this.ground.known.view(on).onChange(() => this.nodesChanged(line)),
      );
  }

  private oldest(): { readonly line: QueueLine; readonly entry: OutboxEntry } | undefined {
    let found: { readonly line: QueueLine; readonly entry: OutboxEntry } | undefined;
    for (const line of this.lines.values()) {
      for (const entry of line.all) {
        if (entry.flying) continue;
        if (!found || entry.seq < found.entry.seq) found = { line, entry };
        break;
      }
    }
    return found;
  }
}

/** Those that are not on their way. */
function idle(line: QueueLine): OutboxEntry[] {
  return [...line.all].filter(({ flying }) => !flying);
}
