import { Injectable, InjectStore, SkerryError, type Store, type TypedStore } from '@skerry/core';
import { Order, OrderPlaced, type OrderStatus } from '@shop/contracts';
import { allValues, compareAndSet, isConflict } from '@shop/store';

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
      if (!isConflict(error)) throw error;
    }
    const found = await this.get(orderId);
    const same = (['customer', 'sku', 'pieces'] as const).every((field) => found[field] === event[field]);
    if (same) return found;
    throw new SkerryError('SHOP_ORDER_EXISTS', `there is another order ${orderId}`, { status: 'ALREADY_EXISTS' });
  }
  // #endregion open

  waiting(): AsyncGenerator<OrderPlaced> {
    return allValues(this.unpublished);
  }

  async published(orderId: string): Promise<void> {
    await this.unpublished.delete(orderId);
  }

  /** Ends an order; the first end counts. `undefined` where there is no such order. */
  async close(orderId: string, status: Exclude<OrderStatus, 'placed'>, reason?: string): Promise<Order | undefined> {
    return compareAndSet(async () => {
      const entry = await this.orders.get(orderId);
      if (entry?.value.status !== 'placed') return entry?.value;
      const closed: Order = { ...entry.value, status, ...(reason === undefined ? {} : { reason }) };
      await this.orders.put(orderId, closed, { ifVersion: entry.version });
      return closed;
    });
  }

  async get(orderId: string): Promise<Order> {
    const entry = await this.orders.get(orderId);
    if (entry) return entry.value;
    throw new SkerryError('SHOP_NO_SUCH_ORDER', `there is no order ${orderId}`, { status: 'NOT_FOUND' });
  }

  all(): AsyncGenerator<Order> {
    return allValues(this.orders);
  }

  /** The order as it is, and whenever it has changed, until it has ended. */
  async *follow(orderId: string, signal: AbortSignal): AsyncGenerator<Order> {
    // Watched first, so that nothing is missed; the prefix has other orders too.
    const changes = this.orders.watch(orderId, { signal });
    try {
      let order = await this.get(orderId);
      yield order;
      while (order.status === 'placed') {
        const next = await changes.next();
        if (next.done) return;
        const change = next.value;
        if (change.type === 'put' && change.key === orderId) order = change.entry.value;
        else if (change.type === 'resync') order = await this.get(orderId);
        else continue;
        yield order;
      }
    } finally {
      await changes.return?.();
    }
  }
}
