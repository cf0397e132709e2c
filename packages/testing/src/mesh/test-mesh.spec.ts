import { Handler, InjectClient, Module, Service, type Client } from '@skerry/core';
import { TestMesh } from './test-mesh.js';

let served = 0;

@Service('stock')
class Stock {
  @Handler({ idempotent: true })
  async count(): Promise<number> {
    return ++served;
  }
}

@Service('shop')
class Shop {
  constructor(@InjectClient('stock') private readonly stock: Client<Stock>) {}

  @Handler({ idempotent: true })
  async quote(): Promise<number> {
    return this.stock.count();
  }
}

@Module({ providers: [Stock] })
class StockModule {}
@Module({ providers: [Shop] })
class ShopModule {}
@Module()
class CallerModule {}

async function history(seed: number): Promise<string> {
  served = 0;
  const mesh = await TestMesh.create({ seed, faults: 'chaos' });
  await mesh.start('stock', StockModule, { instances: 3 });
  await mesh.start('shop', ShopModule);
  const [caller] = await mesh.start('caller', CallerModule);
  const outcomes = { done: 0, failed: 0 };
  mesh.every(50, async () => {
    if (caller!.state === 'running') await caller!.client<Shop>('shop').quote().then(() => outcomes.done++, () => outcomes.failed++);
  });
  await mesh.run(60_000);
  const digest = mesh.history.digest();
  if (process.env['SHOW']) console.log(outcomes, mesh.history.frames, mesh.history.length, '');
  await mesh.close();
  return digest;
}

describe('a mesh', () => {
  test('does the same again with the same seed, and something else with another', async () => {
    for (const seed of [1,2,5,6,7,8,9,10,11,12,13,14,15,16]) {
      const t = performance.now();
      const one = await history(seed);
      console.log(performance.now() - t);
      expect(await history(seed)).toBe(one);
    }
    expect(await history(3)).not.toBe(await history(4));
  });
});
