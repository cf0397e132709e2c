import type { Channel } from 'amqplib';
import type { Clock, DeliverySink, DriverSubscription, SubscriptionRequest, Timer } from '@skerry/core';
import { abortable } from '../abortable.js';
import { leave, type OpenConnection } from '../rabbitmq-connection.js';
import { Acknowledged } from './acknowledged.js';
import { RabbitMqDelivery, type DeliveryGround } from './rabbitmq-delivery.js';
import type { Returns } from './returns.js';

/** One consumer, on a channel of its own: what happens to it happens to no other. */
export class RabbitMqSubscription implements DriverSubscription {
  private readonly ground: DeliveryGround;
  private tag: string | undefined;
  private state: 'beginning' | 'running' | 'over' = 'beginning';
  private failure: Error | undefined;
  private paused = false;
  private readonly timers = new Set<Timer>();

  /** @param left Told when it is over, however it ended. */
  constructor(
    private readonly request: SubscriptionRequest,
    private readonly sink: DeliverySink,
    private readonly connection: OpenConnection,
    private readonly channel: Channel,
    returns: Returns,
    clock: Clock,
    private readonly left: () => void,
  ) {
    const { queue, broadcast, ordered, deadLetter, prefetch } = request;
    // It says again what holds already; for consumers that are there it changes nothing.
    const acknowledged = new Acknowledged(async () => void (await channel.prefetch(prefetch)));
    const check = (): void => {
      if (this.state === 'over') throw this.failure ?? new Error(`the subscription of ${queue} has ended`);
    };
    const later = (delayMs: number, callback: () => void): void => {
      const run = (): void => {
        this.timers.delete(timer);
        callback();
      };
      const timer = clock.setTimer(delayMs, run);
      this.timers.add(timer);
    };
    this.ground = { channel, acknowledged, returns, clock, queue, broadcast, ordered, deadLetter, check, later };
    channel.on('error', (error) => (this.failure ??= error));
    // The connection knows why only after its channels are closed.
    channel.on('close', () => queueMicrotask(() => this.ended()));
  }

  /** Begins to consume the queue, which is there. */
  async begin(signal: AbortSignal): Promise<void> {
    const { queue, prefetch } = this.request;
    const { channel } = this;
    await abortable(channel.prefetch(prefetch), signal);
    const consuming = channel.consume(queue, (raw) => {
      if (this.state === 'over' || (raw && this.paused)) return;
      if (raw) return this.sink.delivered(new RabbitMqDelivery(raw, this.ground));
      this.failure ??= new Error(`RabbitMQ has ended the subscription: the queue ${queue} was deleted, or has moved`);
      leave(channel);
    });
    this.tag = (await abortable(consuming, signal)).consumerTag;
    this.ground.check();
    this.state = 'running';
  }

  async pause(): Promise<void> {
    const { tag } = this;
    this.tag = undefined;
    if (this.state !== 'running' || tag === undefined) return;
    // With its consumer an ordered queue would go on to the next one, before what is in hand here is settled. So it stays, what
    // comes is not handed over, and goes back when the subscription is closed.
    if (this.request.ordered) this.paused = true;
    else await this.channel.cancel(tag);
  }

  async close(): Promise<void> {
    if (this.state === 'over') return;
    const { queue, broadcast } = this.request;
    this.over();
    // What has been acknowledged is known before the channel is closed, and so are those who wait for that.
    await this.ground.acknowledged.idle();
    // Else it would live as long as the connection.
    if (broadcast) await this.channel.deleteQueue(queue).catch(() => undefined);
    await this.channel.close().catch(() => undefined);
  }

  async waiting(signal: AbortSignal): Promise<number> {
    const channel = await this.connection.channel(signal);
    try {
      return (await abortable(channel.checkQueue(this.request.queue), signal)).messageCount;
    } finally {
      leave(channel);
    }
  }

  /** Says nothing to anybody any more. */
  over(): void {
    this.state = 'over';
    for (const timer of this.timers) timer.cancel();
    this.timers.clear();
    this.left();
  }

  private ended(): void {
    const { state } = this;
    if (state === 'over') return;
    this.failure = this.connection.lostBy ?? this.failure ?? new Error('RabbitMQ has closed the channel');
    this.over();
    if (state === 'running') this.sink.lost(this.failure);
  }
}
