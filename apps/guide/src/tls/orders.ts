import { Handler, Module, Service } from '@skerry/core';

@Service('orders')
export class Orders {
  @Handler({ request: String })
  async place(what: string): Promise<string> {
    return `${what} is on its way`;
  }
}

@Module({ providers: [Orders] })
export class OrdersModule {}
