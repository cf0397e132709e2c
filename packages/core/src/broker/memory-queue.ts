import type { Clock } from '../clock/clock.js';
import type { Failure } from './driver.js';
import type { MemoryConsumer } from './memory-consumer.js';
import { MemoryDeadLetters } from './memory-dead-letters.js';
import { MemoryEntry } from './memory-entry.js';
import { MemoryKeys } from './memory-keys.js';
import { MemoryLine } from './memory-line.js';
import type { StoredMessage } from './memory-message.js';
import { topicMatcher } from './memory-topic.js';

/** What a queue asks of its engine. */
export interface QueueHost {
  readonly clock: Clock;
  /** Nothing is to be handed over for now. */
  readonly halted: boolean;
  /** Whether each message is to be delivered once more after it was acknowledged. */
  readonly repeating: boolean;
  /** So many bytes are kept no longer. */
  freed(bytes: number): void;
}

/**
 * The messages that wait under one name, and who is handed them: each to one of its consumers in turn, those with room for
 * it. A message that is retried joins the end; one that its consumer did not settle returns to its place.
 */
export class MemoryQueue {
  readonly deadLetters: MemoryDeadLetters;
  private readonly topics = new Map<string, (topic: string) => boolean>();
  private readonly consumers: MemoryConsumer[] = [];
  private readonly entries = new Set<MemoryEntry>();
  private readonly ready = new MemoryLine<MemoryEntry>();
  private readonly keys: MemoryKeys | undefined;
  private nextConsumer = 0;
  private lastPlace = 0;
  private scheduled = false;

  constructor(
    readonly broadcast: boolean,
    readonly ordered: boolean,
    private readonly host: QueueHost,
  ) {
    this.deadLetters = new MemoryDeadLetters((bytes) => host.freed(bytes));
    if (ordered) this.keys = new MemoryKeys();
  }

  /** Those that nobody holds. */
  get waiting(): number {
    return this.consumers.reduce((count, { unsettled }) => count - unsettled.size, this.entries.size);
  }

  /** From now on it takes what is published to this topic, or to those that the pattern means. */
  bind(topic: string): void {
    if (!this.topics.has(topic)) this.topics.set(topic, topicMatcher(topic));
  }

  takes(topic: string): boolean {
    for (const matches of this.topics.values()) if (matches(topic)) return true;
    return false;
  }

  put(stored: StoredMessage): void {
    const entry = new MemoryEntry(stored);
    this.entries.add(entry);
    const { clock } = this.host;
    const now = clock.now();
    if (stored.expiresAt < Infinity)
      entry.expiry = clock.setTimer(stored.expiresAt - now, () => this.expire(entry), true);
    this.joinIn(entry, stored.dueAt - now);
  }

  attach(consumer: MemoryConsumer): void {
    this.consumers.push(consumer);
    this.handOver();
  }

  /** What it holds returns to its place. Harmless twice. */
  detach(consumer: MemoryConsumer): void {
    const index = this.consumers.indexOf(consumer);
    if (index < 0) return;
    this.consumers.splice(index, 1);
    for (const entry of [...consumer.unsettled]) this.giveBack(entry);
    if (this.broadcast && this.consumers.length === 0) this.end();
  }

  /** Loses every consumer, as when their connections break. */
  lose(error: Error): void {
    for (const consumer of [...this.consumers]) {
      this.detach(consumer);
      consumer.lost(error);
    }
  }

  /** Nobody comes back to a broadcast's queue. */
  get abandoned(): boolean {
    return this.broadcast && this.consumers.length === 0;
  }

  acknowledge(entry: MemoryEntry): void {
    if (this.host.repeating && !entry.repeated) {
      entry.repeated = true;
      this.giveBack(entry);
    } else this.remove(entry);
  }

  retry(entry: MemoryEntry, delayMs: number): void {
    entry.release();
    // One that its key waits for keeps its place: what came after it must not overtake it.
    if (this.keys?.heldBy(entry)) entry.wait(this.host.clock, delayMs, () => this.comeBack(entry));
    else this.joinIn(entry, delayMs);
    this.handOver();
  }

  deadLetter(entry: MemoryEntry, failure: Failure, keep: boolean): void {
    const { stored } = entry;
    this.remove(entry, !keep);
    if (keep) this.deadLetters.add(stored, failure);
  }

  /** Hands over what can be, later: nobody is called back from inside a call of its own. */
  handOver(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    queueMicrotask(() => {
      this.scheduled = false;
      while (!this.host.halted && this.ready.first) {
        const consumer = this.roomyConsumer();
        if (!consumer) return;
        const entry = this.ready.shift()!;
        if (this.isOver(entry)) this.remove(entry);
        else consumer.take(entry);
      }
    });
  }

  private joinIn(entry: MemoryEntry, delayMs: number): void {
    entry.wait(this.host.clock, delayMs, () => {
      entry.place = ++this.lastPlace;
      if (!this.keys || this.keys.enter(entry)) this.ready.add(entry);
      this.handOver();
    });
  }

  private giveBack(entry: MemoryEntry): void {
    entry.release();
    this.comeBack(entry);
  }

  private comeBack(entry: MemoryEntry): void {
    if (this.isOver(entry)) return this.remove(entry);
    this.ready.add(entry);
    this.handOver();
  }

  private isOver(entry: MemoryEntry): boolean {
    return entry.stored.expiresAt <= this.host.clock.now();
  }

  private expire(entry: MemoryEntry): void {
    // What is in somebody's hands is being handled.
    if (!entry.holder) this.remove(entry);
  }

  private remove(entry: MemoryEntry, free = true): void {
    entry.end();
    this.entries.delete(entry);
    this.ready.remove(entry);
    const next = this.keys?.leave(entry);
    if (next) this.ready.add(next);
    if (free) this.host.freed(entry.stored.bytes);
    this.handOver();
  }

  private roomyConsumer(): MemoryConsumer | undefined {
    const count = this.consumers.length;
    for (let tried = 0; tried < count; tried++) {
      const consumer = this.consumers[this.nextConsumer++ % count]!;
      if (consumer.hasRoom) return consumer;
    }
    return undefined;
  }

  private end(): void {
    for (const entry of [...this.entries]) this.remove(entry);
    this.deadLetters.clear();
  }
}
