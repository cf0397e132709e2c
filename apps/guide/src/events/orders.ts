import { IsInt, IsString, Min } from 'class-validator';
import { Broker, Handler, Inject, Module, Reject, Service, Subscribe, Topic, type Delivery } from '@skerry/core';

// #region topic
export class OrderPlaced {
  @IsString()
  id!: string;

  @IsString()
  sku!: string;

  @IsInt()
  @Min(1)
  pieces!: number;
}

/** One file that both sides import: the name and the class of the messages, checked when published and when received. */
export const orderPlaced = new Topic('orders.placed', OrderPlaced);
// #endregion topic

// #region publish
// What it publishes cannot be seen from outside: it is said here, for `skerry asyncapi`.
@Service('orders', { publishes: [orderPlaced] })
export class Orders {
  constructor(@Inject(Broker) private readonly broker: Broker) {}

  @Handler({ idempotent: true })
  async place(order: OrderPlaced): Promise<void> {
    // Resolves when the broker has taken responsibility. Placing the same order twice is one message.
    await this.broker.publish(orderPlaced, order, { key: order.sku, messageId: `order-${order.id}` });
  }
}
// #endregion publish

/** Stands for a database. */
export abstract class Shelf {
  abstract take(sku: string, pieces: number): Promise<'taken' | 'sold out' | 'counting'>;
}

// #region subscribe
@Service('stock')
export class Stock {
  constructor(private readonly shelf: Shelf) {}

  @Subscribe(orderPlaced, { queue: 'stock', attempts: 3, orderBy: 'key', dedupe: true })
  async reserve({ sku, pieces }: OrderPlaced, delivery: Delivery): Promise<void> {
    const answer = await this.shelf.take(sku, pieces);
    // Never again, whatever attempts are left: among the dead letters at once.
    if (answer === 'sold out') throw new Reject(`${sku} is sold out`);
    // No failure, only too early.
    if (answer === 'counting') delivery.nack({ delayMs: 30_000 });
  }
}
// #endregion subscribe

// #region broadcast
@Service('prices')
export class Prices {
  readonly seen: string[] = [];

  /** No queue: every instance hears every message, while it runs. */
  @Subscribe(orderPlaced)
  async watch({ sku }: OrderPlaced): Promise<void> {
    this.seen.push(sku);
  }
}
// #endregion broadcast

@Module({ providers: [Orders] })
export class OrdersModule {}

@Module({ providers: [Stock, { provide: Shelf, useValue: { take: async () => 'taken' as const } }] })
export class StockModule {}

@Module({ providers: [Prices] })
export class PricesModule {}
