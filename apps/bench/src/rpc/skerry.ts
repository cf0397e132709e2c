import { Handler, Module, Service, Skerry, type Client } from '@skerry/core';
import { IsInt, IsNumber, IsString, Length, Min } from 'class-validator';
import { message, type Contender } from './contender.js';

class Order {
  @IsString()
  @Length(1, 40)
  id!: string;

  @IsString()
  @Length(1, 80)
  customer!: string;

  @IsString()
  sku!: string;

  @IsInt()
  @Min(1)
  quantity!: number;

  @IsNumber()
  price!: number;
}

@Service('echo')
class Echo {
  @Handler()
  async checked(order: Order): Promise<Order> {
    return order;
  }

  @Handler({ request: Object })
  async unchecked(order: unknown): Promise<unknown> {
    return order;
  }
}

@Module({ providers: [Echo] })
class EchoModule {}

@Module()
class CallerModule {}

/** Everything on: discovery, selection, deadline, context, an asynchronous handler; and, or not, validation. */
export function skerry(handler: 'checked' | 'unchecked'): Contender {
  return {
    async serve() {
      const app = await Skerry.create(EchoModule, { logLevel: 'silent' });
      await app.start();
      return app.address!;
    },
    async connect() {
      const app = await Skerry.create(CallerModule, { logLevel: 'silent' });
      await app.start();
      const echo: Client<Echo> = app.client<Echo>('echo');
      await echo[handler](message);
      return () => echo[handler](message);
    },
  };
}
