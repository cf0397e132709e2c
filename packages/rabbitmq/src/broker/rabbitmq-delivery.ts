import type { Channel, ConsumeMessage } from 'amqplib';
import type { BrokerMessage, Clock, DriverDelivery, Failure } from '@skerry/core';
import type { Acknowledged } from './acknowledged.js';
import { attemptOf, messageOf } from './amqp-message.js';
import type { Returns } from './returns.js';

/** What deliveries of one subscription have in common. */
export interface DeliveryGround {
  readonly channel: Channel;
  readonly acknowledged: Acknowledged;
  readonly returns: Returns;
  readonly clock: Clock;
  readonly queue: string;
  readonly broadcast: boolean;
  readonly ordered: boolean;
  readonly deadLetter: boolean;
  /** Throws when nothing can be settled any more. */
  readonly check: () => void;
  /** Runs the callback when the time is over, unless the subscription is over before. */
  readonly later: (delayMs: number, callback: () => void) => void;
}

/**
 * A message that the server has handed over. What is to be delivered again, or kept aside, is published as a message of its own
 * before this one is acknowledged: a crash between makes two of it, and loses none.
 */
export class RabbitMqDelivery implements DriverDelivery {
  readonly message: BrokerMessage;
  readonly attempt: number;
  private settled = false;

  constructor(
    private readonly raw: ConsumeMessage,
    private readonly ground: DeliveryGround,
  ) {
    this.message = messageOf(raw, ground.clock);
    this.attempt = attemptOf(raw);
  }

  async ack(signal: AbortSignal): Promise<void> {
    const { check, acknowledged } = this.ground;
    check();
    this.settleOnce();
    this.acknowledge(signal);
    return acknowledged.all(signal);
  }

  retry(delayMs: number, failure: Failure, signal: AbortSignal): Promise<void> {
    const { returns, ordered } = this.ground;
    if (ordered) return this.retryInPlace(delayMs, signal);
    return this.settle(signal, () => returns.retry(this.message, this.ground, this.attempt, delayMs, failure, signal));
  }

  deadLetter(failure: Failure, signal: AbortSignal): Promise<void> {
    const { returns, queue, deadLetter } = this.ground;
    return this.settle(signal, async () => {
      if (deadLetter) await returns.keepAside(this.message, queue, failure, signal);
    });
  }

  /** Gives it back to the front of its queue. Until its delay is over it stays here, and what comes after it must wait. */
  private async retryInPlace(delayMs: number, signal: AbortSignal): Promise<void> {
    const { channel, acknowledged, check, later } = this.ground;
    signal.throwIfAborted();
    check();
    this.settleOnce();
    if (delayMs > 0) return later(delayMs, () => channel.reject(this.raw, true));
    // Not `nack`, which newer servers do not count.
    channel.reject(this.raw, true);
    await acknowledged.all(signal);
  }

  /** Can be tried again when it failed before the server was told: until then nothing has happened to this message. */
  private async settle(signal: AbortSignal, before: () => Promise<void>): Promise<void> {
    const { acknowledged, check } = this.ground;
    check();
    this.settleOnce();
    try {
      await before();
      check();
    } catch (error) {
      this.settled = false;
      throw error;
    }
    this.acknowledge(signal);
    await acknowledged.all(signal);
  }

  private acknowledge(signal: AbortSignal): void {
    try {
      signal.throwIfAborted();
      this.ground.channel.ack(this.raw);
    } catch (error) {
      this.settled = false;
      throw error;
    }
  }

  /** The server answers a second time by closing the channel, with all other deliveries. */
  private settleOnce(): void {
    if (this.settled) throw new Error(`delivery ${this.attempt} of ${this.message.id} is settled already`);
    this.settled = true;
  }
}
