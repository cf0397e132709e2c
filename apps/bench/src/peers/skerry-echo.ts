import { Handler, Module, Service } from '@skerry/core';
import { Order } from './order.js';

/** Everything on: validation too. */
@Service('echo')
export class Echo {
  @Handler()
  async echo(order: Order): Promise<Order> {
    return order;
  }
}

@Module({ providers: [Echo] })
export class EchoModule {}
