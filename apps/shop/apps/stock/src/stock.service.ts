import { Broker, Handler, Inject, Logger, Reject, Service, Subscribe } from '@skerry/core';
import {
  AvailabilityQuery,
  OrderPlaced,
  orderPlaced,
  PaymentDeclined,
  paymentDeclined,
  Shelf,
  ShelfReport,
  stockRejected,
  stockReleased,
  stockReserved,
} from '@shop/contracts';
import { NoSuchArticle } from './no-such-article.js';
import { Warehouse } from './warehouse.js';

@Service('stock', { version: '1.0.0', publishes: [stockReserved, stockRejected, stockReleased] })
export class Stock {
  constructor(
    private readonly warehouse: Warehouse,
    @Inject(Broker) private readonly broker: Broker,
    @Inject(Logger) private readonly logger: Logger,
  ) {}

  @Handler({ reply: Shelf, readOnly: true })
  async availability({ sku }: AvailabilityQuery): Promise<Shelf> {
    const shelf = await this.warehouse.shelf(sku);
    if (!shelf) throw new NoSuchArticle(sku);
    return shelf;
  }

  @Handler({ reply: ShelfReport, readOnly: true })
  async *shelves(): AsyncGenerator<ShelfReport> {
    yield* await this.warehouse.report();
  }

  // #region reserve
  /** A repeat that `dedupe` cannot know of, since this died before the end, finds its reservation and tells it again. */
  @Subscribe(orderPlaced, { queue: 'stock', orderBy: 'key', dedupe: true, ackTimeoutMs: 5_000 })
  async reserve({ orderId, customer, sku, pieces, totalCents }: OrderPlaced): Promise<void> {
    const reservation = await this.warehouse.reserve(orderId, sku, pieces);
    if (!reservation) throw new Reject(`the shop does not sell '${sku}'`);
    if (reservation.status === 'rejected') {
      const reason = `not enough of ${sku}`;
      this.logger.info(`cannot reserve ${pieces} × ${sku}: ${reason}`, { orderId });
      const rejected = { orderId, reason };
      await this.broker.publish(stockRejected, rejected, { messageId: `${orderId}/rejected`, mandatory: true });
      return;
    }
    this.logger.info(`reserved ${pieces} × ${sku}`, { orderId });
    // Mandatory: fails, and is tried again, while payments has never run.
    const reserved = { orderId, customer, totalCents };
    const options = { key: customer, messageId: `${orderId}/reserved`, mandatory: true };
    await this.broker.publish(stockReserved, reserved, options);
  }
  // #endregion reserve

  @Subscribe(paymentDeclined, { queue: 'stock', dedupe: true, ackTimeoutMs: 5_000 })
  async release({ orderId, reason }: PaymentDeclined): Promise<void> {
    const released = await this.warehouse.release(orderId);
    if (!released) throw new Reject(`nothing is reserved for order ${orderId}`);
    this.logger.info(`released ${released.pieces} × ${released.sku}`, { orderId });
    await this.broker.publish(
      stockReleased,
      { orderId, reason },
      { messageId: `${orderId}/released`, mandatory: true },
    );
  }
}
