import { Injectable } from '../container/injectable.js';
import { Skerry } from '../app/skerry.js';
import { locationOf } from './location-of.js';
import { Module } from './module.js';

@Injectable()
class Stock {}

@Module({ providers: [Stock, { provide: 'limit', useValue: 3 }] })
class ShopModule {}

test('a class is where it is declared; a module, and what is no class of its own, where the module is', async () => {
  const { graph } = await Skerry.create(ShopModule, { env: {} });
  const provider = (name: string) => graph.providers.find((each) => each.name === name)!;
  const file = 'packages/core/src/module/location-of.spec.ts';
  expect(locationOf(provider('Stock'))).toEqual({ file, line: 7 });
  expect(locationOf(graph.root)).toEqual({ file, line: 10 });
  expect(locationOf(provider("'limit'"))).toEqual({ file, line: 10 });
});

test('what was never decorated is nowhere', async () => {
  const plain = { module: class Plain {}, providers: [] };
  const { graph } = await Skerry.create(plain, { env: {} });
  expect(locationOf(graph.root)).toBeUndefined();
});
