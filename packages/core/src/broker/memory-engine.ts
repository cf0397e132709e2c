import type { Clock } from '../clock/clock.js';
import type { BrokerMessage, SubscriptionRequest } from './driver.js';
import type { MemoryConsumer } from './memory-consumer.js';
import { MemoryLog } from './memory-log.js';
import { stored } from './memory-message.js';
import { MemoryOutage } from './memory-outage.js';
import { MemoryQueue } from './memory-queue.js';
import { topicMatcher } from './memory-topic.js';

export interface MemoryBrokerEngineOptions {
  /**
   * What all queues hold together, in bytes: what waits, what is unsettled, and dead letters. A message counts in each queue
   * that took it. Publishing more is refused. Default 256 MiB.
   */
  readonly maxQueuedBytes?: number;
}

/**
 * What a server would be to the drivers of another engine: it holds the queues and hands over what waits in them. Passed to
 * every {@link MemoryBrokerDriver} that shall share them. A queue lives from its first subscription on, a broadcast's as
 * long as that. It can be hurt as a server can be, for tests.
 */
export class MemoryBrokerEngine {
  private readonly queuesByName = new Map<string, MemoryQueue>();
  private readonly log = new MemoryLog();
  private readonly outage = new MemoryOutage();
  private readonly maxQueuedBytes: number;
  private heldBytes = 0;
  private repeats = false;

  constructor(
    readonly clock: Clock,
    options: MemoryBrokerEngineOptions = {},
  ) {
    this.maxQueuedBytes = options.maxQueuedBytes ?? 256 * 1024 * 1024;
  }

  /** What all queues hold together, in bytes. */
  get queuedBytes(): number {
    return this.heldBytes;
  }

  get halted(): boolean {
    return this.outage.halted;
  }

  get repeating(): boolean {
    return this.repeats;
  }

  /** Those that were subscribed to; broadcasts' only while they are. */
  get queues(): ReadonlyMap<string, MemoryQueue> {
    return this.queuesByName;
  }

  /** Resolves when the engine takes a request; rejects while it is stopped, and when `signal` aborts. */
  reached(signal: AbortSignal): Promise<void> {
    return this.outage.reached(signal);
  }

  /** For each message, whether any queue took it. Takes all or, with an error, none of them. */
  publish(messages: readonly BrokerMessage[]): readonly boolean[] {
    const now = this.clock.now();
    const queues = [...this.queuesByName.values()];
    const planned = messages.map((message) => ({
      message: stored(message, now),
      takers: queues.filter((queue) => queue.takes(message.topic)),
    }));
    this.reserve(planned.reduce((sum, { message, takers }) => sum + message.bytes * takers.length, 0));
    for (const { message, takers } of planned) {
      this.log.add(message);
      for (const queue of takers) queue.put(message);
    }
    return planned.map(({ takers }) => takers.length > 0);
  }

  /** Gives the queue that the consumer is attached to from now on. Throws where the queue exists and is another kind. */
  subscribe(
    { queue: name, topic, broadcast, ordered, from }: SubscriptionRequest,
    consumer: MemoryConsumer,
  ): MemoryQueue {
    let queue = this.queuesByName.get(name);
    if (!queue) {
      const past = from === 'earliest' ? this.log.of(topicMatcher(topic), this.clock.now()) : [];
      this.reserve(past.reduce((sum, { bytes }) => sum + bytes, 0));
      queue = new MemoryQueue(broadcast, ordered, this);
      this.queuesByName.set(name, queue);
      for (const message of past) queue.put(message);
    }
    if (queue.ordered !== ordered || queue.broadcast !== broadcast) {
      throw new Error(
        `the queue ${name} exists, and is ${queue.ordered ? '' : 'not '}ordered, and ${queue.broadcast ? 'a' : 'no'} broadcast's`,
      );
    }
    queue.bind(topic);
    queue.attach(consumer);
    return queue;
  }

  unsubscribe(name: string, consumer: MemoryConsumer): void {
    const queue = this.queuesByName.get(name);
    queue?.detach(consumer);
    if (queue?.abandoned) this.queuesByName.delete(name);
  }

  /** Called by queues. */
  freed(bytes: number): void {
    this.heldBytes -= bytes;
  }

  /** Refuses every request and breaks every subscription, like a server that is down. It loses nothing by that. */
  stop(error = new Error('the engine is stopped')): void {
    this.outage.refuse(error);
    this.loseSubscriptions(error);
  }

  /** Answers nothing and hands over nothing, like a server that hangs. */
  freeze(): void {
    this.outage.freeze();
  }

  /** Ends {@link stop} and {@link freeze}. */
  resume(): void {
    this.outage.end();
    for (const queue of this.queuesByName.values()) queue.handOver();
  }

  /** Breaks every subscription, and takes new ones: as when a network fails for a moment. */
  loseSubscriptions(error = new Error('the connection broke')): void {
    for (const [name, queue] of [...this.queuesByName]) {
      queue.lose(error);
      if (queue.abandoned && this.queuesByName.get(name) === queue) this.queuesByName.delete(name);
    }
  }

  /** From now on, delivers each message once more after it was acknowledged, as if that had been lost on the way; or not. */
  deliverTwice(on = true): void {
    this.repeats = on;
  }

  private reserve(bytes: number): void {
    if (this.heldBytes + bytes > this.maxQueuedBytes) {
      throw new Error(
        `the queues hold ${this.heldBytes} bytes and cannot take ${bytes} more: at most ${this.maxQueuedBytes}`,
      );
    }
    this.heldBytes += bytes;
  }
}
