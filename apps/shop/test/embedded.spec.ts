import { eventually, processStarter } from '@skerry-private/test-kit';
import { allEnded, expectBooksRight, OpenShop, thirtyOrders, type ServiceName } from './fixtures/open-shop.js';

describe('the shop as three processes, with nothing installed', () => {
  const startProcess = processStarter(afterEach);

  test.each<[ServiceName, string]>([
    ['orders', 'o9'],
    ['stock', 'o5'],
    ['payments', 'o4'],
  ])(
    'loses nothing and does nothing twice when %s is killed in the middle',
    async (victim, moment) => {
      const shop = await OpenShop.open(startProcess, { SHOP_PROFILE: 'embedded' });
      const journal = shop.running.get('orders')!;
      const placing = thirtyOrders.map((order) => shop.orders.place(order, { timeoutMs: 40_000 }));
      // Handled now, so caught later.
      const placed = Promise.all(placing);
      placed.catch(() => undefined);
      await shop.running.get(victim)!.waitForLine(`"orderId":"${moment}"`);
      await shop.kill(victim);
      const ended = journal.output.match(/the order is/g)?.length ?? 0;
      expect(ended).toBeLessThan(thirtyOrders.length);
      await shop.start(victim);
      await placed;
      await eventually(() => allEnded(shop), { withinMs: 45_000, everyMs: 200 });
      await expectBooksRight(shop);
      expect(await shop.close()).toEqual([0, 0, 0]);
    },
    90_000,
  );
});
