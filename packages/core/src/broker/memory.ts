import type {
  BrokerCapabilities,
  BrokerDriver,
  BrokerMessage,
  DeadLetterDriver,
  DeliverySink,
  DriverSubscription,
  SubscriptionRequest,
} from './driver.js';
import { MemoryConsumer } from './memory-consumer.js';
import { MemoryDelivery } from './memory-delivery.js';
import type { MemoryBrokerEngine } from './memory-engine.js';
import type { MemoryQueue } from './memory-queue.js';
import { refuseMessages, refuseSubscription } from './memory-refusals.js';

const everything: BrokerCapabilities = {
  // The engine is in this process, and ends with it.
  durable: 'none',
  queues: true,
  broadcast: true,
  // The longest that a timer can wait: 24 days.
  maxDelayMs: 2 ** 31 - 1,
  attempts: true,
  deadLetter: true,
  ordered: true,
  patterns: true,
  replay: true,
  mandatory: true,
  expiry: true,
  maxMessageBytes: 4 * 1024 * 1024,
};

/**
 * The broker of one process, for tests and for services that run together: as many drivers as there are applications, all
 * on one {@link MemoryBrokerEngine}. What a driver has published outlives it, but not the process. The reference for what a
 * driver does, and for how little that is.
 */
export class MemoryBrokerDriver implements BrokerDriver {
  readonly name = 'memory';
  readonly capabilities: BrokerCapabilities;
  readonly deadLetters?: DeadLetterDriver;
  private readonly subscriptions = new Set<() => void>();
  private closed = false;

  /** @param capabilities What differs from the full set, to stand in for an engine that can do less. */
  constructor(
    private readonly engine: MemoryBrokerEngine,
    capabilities: Partial<BrokerCapabilities> = {},
  ) {
    this.capabilities = Object.freeze({ ...everything, ...capabilities });
    if (this.capabilities.deadLetter) this.deadLetters = deadLettersOf(engine);
  }

  async publish(messages: readonly BrokerMessage[], signal: AbortSignal): Promise<readonly ('routed' | 'unrouted')[]> {
    refuseMessages(this.capabilities, messages);
    await this.engine.reached(signal);
    const taken = this.engine.publish(messages);
    const { mandatory } = this.capabilities;
    const knows = ({ delayMs = 0 }: BrokerMessage): boolean => mandatory === true || (!!mandatory && delayMs === 0);
    return taken.map((each, at) => (each || !knows(messages[at]!) ? 'routed' : 'unrouted'));
  }

  async subscribe(request: SubscriptionRequest, sink: DeliverySink, signal: AbortSignal): Promise<DriverSubscription> {
    refuseSubscription(this.capabilities, request);
    await this.engine.reached(signal);
    if (this.closed) throw new Error('the driver is closed');
    const ground = { engine: this.engine, capabilities: this.capabilities, request, queue: () => queue };
    const consumer = new MemoryConsumer(
      request.prefetch,
      (entry) => sink.delivered(new MemoryDelivery(entry, ground)),
      (error) => {
        this.subscriptions.delete(end);
        sink.lost(error);
      },
    );
    const end = (): void => {
      this.subscriptions.delete(end);
      this.engine.unsubscribe(request.queue, consumer);
    };
    const queue: MemoryQueue = this.engine.subscribe(request, consumer);
    this.subscriptions.add(end);
    return {
      pause: async () => void (consumer.paused = true),
      close: async () => end(),
      waiting: async (asked) => {
        await this.engine.reached(asked);
        return queue.waiting;
      },
    };
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const end of this.subscriptions) end();
  }
}

function deadLettersOf(engine: MemoryBrokerEngine): DeadLetterDriver {
  return {
    queues: async (signal) => {
      await engine.reached(signal);
      return [...engine.queues]
        .map(([queue, { deadLetters }]) => ({ queue, count: deadLetters.count }))
        .filter(({ count }) => count > 0)
        .sort((a, b) => (a.queue < b.queue ? -1 : 1));
    },
    list: async (queue, limit, signal) => {
      await engine.reached(signal);
      return engine.queues.get(queue)?.deadLetters.list(limit) ?? [];
    },
    take: async (name, id, action, signal) => {
      await engine.reached(signal);
      const queue = engine.queues.get(name);
      if (!queue || action === 'drop') return queue?.deadLetters.drop(id) ?? false;
      const stored = queue.deadLetters.take(id);
      // A first delivery, and at once: the time that it had is over, and somebody asked for it nevertheless.
      if (stored) queue.put({ ...stored, dueAt: -Infinity, expiresAt: Infinity });
      return stored !== undefined;
    },
  };
}
