import { Injectable, InjectStore, SkerryError, type Store, type TypedStore } from '@skerry/core';
import { Order, OrderPlaced, type OrderStatus } from '@shop/contracts';

/** Every order there is, and the events of those that have not been published yet. */
@Injectable()
export class OrderBook {
  private readonly orders: TypedStore<Order>;
  private readonly unpublished: TypedStore<OrderPlaced>;

  constructor(@InjectStore('orders') private readonly store: Store) {
    this.orders = store.of(Order, 'orders/');
    this.unpublished = store.of(OrderPlaced, 'unpublished/');
  }

  // #region open
  /**
   * Writes a new order together with the event that tells of it, or neither. The same order again gives what became of it;
   * another one under its id is an error, `SHOP_ORDER_EXISTS`.
   */
  async open(event: OrderPlaced): Promise<Order> {
    const { orderId } = event;
    const order: Order = { ...event, status: 'placed' };
    try {
      await this.store.batch([
        { type: 'put', key: `orders/${orderId}`, value: order, ifAbsent: true },
        { type: 'put', key: `unpublished/${orderId}`, value: event },
      ]);
      return order;
    } catch (error) {
      if (!SkerryError.is(error, 'SKERRY_STORE_CONFLICT')) throw error;
    }
    const found = await this.get(orderId);
    const same = (['customer', 'sku', 'pieces'] as const).every((field) => found[field] === event[field]);
    if (same) return found;
    throw new SkerryError('SHOP_ORDER_EXISTS', `there is another order ${orderId}`, { status: 'ALREADY_EXISTS' });
  }
  // #endregion open

  async *waiting(): AsyncGenerator<OrderPlaced> {
    for await (const { value } of this.unpublished.all()) yield value;
  }

  async published(orderId: string): Promise<void> {
    await this.unpublished.delete(orderId);
  }

  /** Ends an order; the first end counts. `undefined` where there is no such order. */
  async close(orderId: string, status: Exclude<OrderStatus, 'placed'>, reason?: string): Promise<Order | undefined> {
    const entry = await this.orders.update(orderId, (order) => {
      if (order?.status !== 'placed') return undefined;
      return { ...order, status, ...(reason === undefined ? {} : { reason }) };
    });
    return entry?.value;
  }

  async get(orderId: string): Promise<Order> {
    const entry = await this.orders.get(orderId);
    if (!entry) throw noSuchOrder(orderId);
    return entry.value;
  }

  async *all(): AsyncGenerator<Order> {
    for await (const { value } of this.orders.all()) yield value;
  }

  /** The order as it is, and whenever it has changed, until it has ended. */
  async *follow(orderId: string, signal: AbortSignal): AsyncGenerator<Order> {
    for await (const entry of this.orders.follow(orderId, { signal })) {
      if (!entry) throw noSuchOrder(orderId);
      yield entry.value;
      if (entry.value.status !== 'placed') return;
    }
  }
}

function noSuchOrder(orderId: string): SkerryError {
  return new SkerryError('SHOP_NO_SUCH_ORDER', `there is no order ${orderId}`, { status: 'NOT_FOUND' });
}
