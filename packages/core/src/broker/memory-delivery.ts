import type { BrokerCapabilities, BrokerMessage, DriverDelivery, Failure, SubscriptionRequest } from './driver.js';
import type { MemoryBrokerEngine } from './memory-engine.js';
import type { MemoryEntry } from './memory-entry.js';
import { copyOf } from './memory-message.js';
import type { MemoryQueue } from './memory-queue.js';
import { refuseDelay } from './memory-refusals.js';

/** What a delivery belongs to. */
export interface DeliveryGround {
  readonly engine: MemoryBrokerEngine;
  readonly capabilities: BrokerCapabilities;
  readonly request: SubscriptionRequest;
  /** Known once the subscription has begun, and so when the first delivery comes. */
  readonly queue: () => MemoryQueue;
}

/** One hand-over of an entry. Settling rejects when it is settled already, or its consumer has gone. */
export class MemoryDelivery implements DriverDelivery {
  readonly message: BrokerMessage;
  readonly attempt: number;
  private readonly turn: number;

  constructor(
    private readonly entry: MemoryEntry,
    private readonly ground: DeliveryGround,
  ) {
    this.message = copyOf(entry.stored.message);
    this.turn = entry.deliveries;
    this.attempt = ground.capabilities.attempts ? this.turn : 1;
  }

  ack(signal: AbortSignal): Promise<void> {
    return this.settle(signal, (queue) => queue.acknowledge(this.entry));
  }

  async retry(delayMs: number, _failure: Failure, signal: AbortSignal): Promise<void> {
    refuseDelay(this.ground.capabilities, delayMs);
    await this.settle(signal, (queue) => queue.retry(this.entry, delayMs));
  }

  deadLetter(failure: Failure, signal: AbortSignal): Promise<void> {
    const keep = this.ground.request.deadLetter;
    return this.settle(signal, (queue) => queue.deadLetter(this.entry, failure, keep));
  }

  private async settle(signal: AbortSignal, action: (queue: MemoryQueue) => void): Promise<void> {
    await this.ground.engine.reached(signal);
    const { holder, deliveries } = this.entry;
    if (!holder || deliveries !== this.turn)
      throw new Error(`delivery ${this.turn} of ${this.message.id} is settled already, or its subscription has ended`);
    action(this.ground.queue());
  }
}
