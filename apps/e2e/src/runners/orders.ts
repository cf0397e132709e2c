import { IsInt, IsString, Min } from 'class-validator';
import {
  Broker,
  Handler,
  Injectable,
  InjectClient,
  Module,
  Service,
  Subscribe,
  Topic,
  type Client,
} from '@skerry/core';

export class Order {
  @IsString()
  sku!: string;

  @IsInt()
  @Min(1)
  pieces!: number;
}

export const orderPlaced = new Topic('orders.placed', Order);

/** In another process: nothing here provides it. */
@Service('payments')
export class Payments {
  @Handler({ request: Number })
  async charge(_cents: number): Promise<string> {
    return 'a receipt';
  }
}

/** Abstract, and provided by nobody: for an automatic double. */
export abstract class Prices {
  abstract of(sku: string): number;
}

@Injectable()
export class Shelf {
  taken = 0;
}

@Service('orders')
export class Orders {
  // All but one of them by their types, as the compiler writes them down: that is what a runner's transform must not lose.
  constructor(
    private readonly broker: Broker,
    private readonly prices: Prices,
    private readonly shelf: Shelf,
    @InjectClient('payments') private readonly payments: Client<Payments>,
  ) {}

  @Handler()
  async place(order: Order): Promise<string> {
    const receipt = await this.payments.charge(this.prices.of(order.sku) * order.pieces);
    await this.broker.publish(orderPlaced, order);
    return receipt;
  }

  @Subscribe(orderPlaced, { queue: 'shelf' })
  async take({ pieces }: Order): Promise<void> {
    this.shelf.taken += pieces;
  }
}

@Module({ providers: [Orders, Shelf] })
export class OrdersModule {}
