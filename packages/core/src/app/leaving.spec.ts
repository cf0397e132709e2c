import { eventually } from '@skerry-private/test-kit';
import type { Client } from '../client/client.js';
import { InjectClient } from '../client/clients.js';
import { Module } from '../module/module.js';
import { Handler } from '../service/handler.js';
import { Service } from '../service/service.js';
import { rejection, World } from './fixtures/in-memory.js';

let goOn: (() => void) | undefined;

@Service('stock')
class Stock {
  @Handler()
  async free(): Promise<number> {
    return 7;
  }
}

@Service('shop')
class Shop {
  constructor(@InjectClient('stock') private readonly stock: Client<Stock>) {}

  /** Needs its sibling late. */
  @Handler()
  async order(): Promise<number> {
    await new Promise<void>((resolve) => (goOn = resolve));
    return this.stock.free();
  }
}

@Module({ providers: [Stock, Shop] })
class BothModule {}

@Module()
class CallerModule {}

test('a call that runs while its application leaves still reaches the services beside it', async () => {
  goOn = undefined;
  const world = new World();
  const app = await world.start(BothModule);
  const shop = (await world.start(CallerModule)).client<Shop>('shop');
  const order = shop.order();
  await eventually(() => expect(goOn).toBeDefined());
  const stopped = app.stop();
  await eventually(() => expect(world.registry.nodes('stock')).toEqual([]));
  await eventually(() => expect(world.events.filter(({ type }) => type === 'stop-step').length).toBeGreaterThan(0));
  goOn!();
  await expect(order).resolves.toBe(7);
  await expect(stopped).resolves.toBe(0);
  // What begins now is nobody's any more.
  expect(await rejection(shop.order(undefined, { timeoutMs: 50 }))).toMatchObject({ status: 'UNAVAILABLE' });
  await world.stop();
});
