import { Handler, Module, Service } from '@skerry/core';
import { IsInt } from 'class-validator';
import { message, type Message, type Received } from '../../pairs/contender.js';
import { Order } from '../../peers/order.js';
import { skerry } from '../../peers/skerry-application.js';

class Wish {
  @IsInt()
  items!: number;
}

@Service('echo')
class Echo {
  @Handler()
  async *items({ items }: Wish): AsyncIterable<Message> {
    for (let sent = 0; sent < items; sent++) yield message;
  }

  @Handler({ kind: 'bidirectional', request: Order })
  async *converse(orders: AsyncIterable<Order>): AsyncIterable<Order> {
    for await (const order of orders) yield order;
  }
}

@Module({ providers: [Echo] })
class EchoModule {}

/** Everything on: validation of each item that the server takes, flow control, idle timeout. */
export const contender = skerry<Echo>(EchoModule, 'echo', (echo) => ({
  serverStream: (items) => received(echo.items({ items })),
  bidirectional: (items) => received(echo.converse(messages(items))),
}));

async function* messages(items: number): AsyncIterable<Message> {
  for (let sent = 0; sent < items; sent++) yield message;
}

async function received(stream: AsyncIterable<unknown>): Promise<Received> {
  let items = 0;
  let last: unknown;
  for await (last of stream) items++;
  return { items, last };
}
