import {
  Handler,
  Inject,
  InjectClient,
  Logger,
  Reject,
  Service,
  Subscribe,
  type Client,
  type Context,
} from '@skerry/core';
import {
  Order,
  orderPlaced,
  OrderQuery,
  PaymentTaken,
  paymentTaken,
  PlaceOrder,
  type OrderStatus,
} from '@shop/contracts';
import { StockRejected, stockRejected, StockReleased, stockReleased } from '@shop/contracts';
import type { Stock } from '@shop/stock';
import { OrderBook } from './order-book.js';
import { Outbox } from './outbox.js';

@Service('orders', { version: '1.0.0', publishes: [orderPlaced] })
export class Orders {
  constructor(
    private readonly book: OrderBook,
    private readonly outbox: Outbox,
    @InjectClient('stock') private readonly stock: Client<Stock>,
    @Inject(Logger) private readonly logger: Logger,
  ) {}

  // #region place
  /** Takes the order, or refuses what the shop does not sell. What becomes of it, `follow` tells. */
  @Handler({ reply: Order, idempotent: true })
  async place({ orderId, customer, sku, pieces }: PlaceOrder): Promise<Order> {
    const { priceCents } = await this.stock.availability({ sku });
    const event = { orderId, customer, sku, pieces, totalCents: pieces * priceCents };
    const order = await this.book.open(event);
    this.logger.info(`${customer} orders ${pieces} × ${sku} for ${(order.totalCents / 100).toFixed(2)}`, { orderId });
    await this.outbox.publish(event);
    return order;
  }
  // #endregion place

  @Handler({ reply: Order, readOnly: true })
  get({ orderId }: OrderQuery): Promise<Order> {
    return this.book.get(orderId);
  }

  @Handler({ reply: Order, readOnly: true })
  async *list(): AsyncGenerator<Order> {
    yield* this.book.all();
  }

  /** Each state of the order, until its last. */
  @Handler({ reply: Order, readOnly: true })
  async *follow({ orderId }: OrderQuery, context: Context): AsyncGenerator<Order> {
    yield* this.book.follow(orderId, context.signal);
  }

  // #region settle
  @Subscribe(paymentTaken, { queue: 'orders' })
  async paid({ orderId }: PaymentTaken): Promise<void> {
    await this.close(orderId, 'paid');
  }

  @Subscribe(stockRejected, { queue: 'orders' })
  async outOfStock({ orderId, reason }: StockRejected): Promise<void> {
    await this.close(orderId, 'out-of-stock', reason);
  }

  /** Not before its stock is back: an order that has ended leaves nothing behind. */
  @Subscribe(stockReleased, { queue: 'orders' })
  async declined({ orderId, reason }: StockReleased): Promise<void> {
    await this.close(orderId, 'declined', reason);
  }
  // #endregion settle

  private async close(orderId: string, status: Exclude<OrderStatus, 'placed'>, reason?: string): Promise<void> {
    const order = await this.book.close(orderId, status, reason);
    if (!order) throw new Reject(`there is no order ${orderId}`);
    this.logger.info(`the order is ${order.status}`, { orderId });
  }
}
