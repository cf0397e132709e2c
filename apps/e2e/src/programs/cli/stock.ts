import { Reject, Service, Subscribe } from '@skerry/core';

class Order {
  id!: string;
}

@Service('stock')
export class Stock {
  constructor() {
    process.stdout.write('stock was created\n');
  }

  @Subscribe('orders.placed', { queue: 'stock', message: Object, backoff: { firstMs: 0, mostMs: 0 } })
  async reserve({ id }: Order): Promise<void> {
    if (id.startsWith('bad')) throw new Reject(`there is no ${id}`);
    process.stdout.write(`reserved ${id}\n`);
  }
}
