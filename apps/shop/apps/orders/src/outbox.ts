import {
  Broker,
  Clock,
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@skerry/core';
import { orderPlaced, type OrderPlaced } from '@shop/contracts';
import { OrderBook } from './order-book.js';

const sweepEveryMs = 2_000;

/**
 * Publishes what the order book says is still to be published. An order and its event are written together; so a process that
 * dies before it could publish, or a broker that is away, only makes it later.
 */
@Injectable()
export class Outbox implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private sweeping: Promise<void> = Promise.resolve();

  constructor(
    private readonly book: OrderBook,
    @Inject(Broker) private readonly broker: Broker,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(Logger) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.sweeping = this.sweep(this.stopping.signal);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.sweeping;
  }

  // #region publish
  /** Never rejects: what could not be published is swept up. Twice under one id is one event. */
  async publish(event: OrderPlaced): Promise<void> {
    const { orderId, sku } = event;
    try {
      await this.broker.publish(orderPlaced, event, { key: sku, messageId: orderId, mandatory: true });
      await this.book.published(orderId);
    } catch (error) {
      this.logger.warn(`could not publish yet: ${(error as Error).message}`, { orderId });
    }
  }
  // #endregion publish

  private async sweep(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        for await (const event of this.book.waiting()) {
          if (signal.aborted) return;
          await this.publish(event);
        }
      } catch (error) {
        this.logger.warn('could not look what is still to be published', { error });
      }
      await this.clock.sleep(sweepEveryMs, signal).catch(() => undefined);
    }
  }
}
