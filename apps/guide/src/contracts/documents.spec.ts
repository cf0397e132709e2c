import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { asyncApiMistakes, openApiMistakes } from '@skerry-private/test-kit';
import { asyncApi, openApi, Skerry, type Contract, type RootModule } from '@skerry/core';
import { OrdersModule, StockModule } from '../events/orders.js';
import { eventsOf } from './documents.js';

const examples = fileURLToPath(new URL('..', import.meta.url));

/** What its tests bring is missing in it. */
const incomplete = new Set(['MailModule']);

/** Every root module of the guide. */
async function modules(): Promise<RootModule[]> {
  const found: RootModule[] = [];
  for (const file of readdirSync(examples, { recursive: true, encoding: 'utf8' })) {
    // A program would run.
    if (!/(?<!\.spec)\.ts$/.test(file) || /main\.ts$/.test(file)) continue;
    const exports = (await import(`../${file}`)) as Record<string, RootModule>;
    for (const [name, value] of Object.entries(exports)) {
      if (/^[A-Z]\w*Module$/.test(name) && !incomplete.has(name)) found.push(value);
    }
  }
  return found;
}

test('the events of an example are described from both sides', async () => {
  expect(await eventsOf(OrdersModule)).toMatchObject({
    info: { title: 'Shop', version: '1.0.0' },
    operations: { 'orders.publish.orders.placed': { action: 'send', channel: { $ref: '#/channels/orders.placed' } } },
  });
  expect(await eventsOf(StockModule)).toMatchObject({
    operations: {
      'stock.reserve': {
        ...{ action: 'receive', 'x-skerry-queue': 'stock.orders.placed', 'x-skerry-attempts': 3 },
        ...{ 'x-skerry-order': 'key', 'x-skerry-dedupe': { windowMs: 86_400_000 }, 'x-skerry-dead-letter': true },
      },
    },
  });
});

test('the documents of every example are valid', async () => {
  const all = await modules();
  expect(all.length).toBeGreaterThan(10);
  const contracts: Contract[] = [];
  for (const root of all) contracts.push((await Skerry.create(root, { env: {} })).contract);
  expect(await openApiMistakes(contracts.map((contract) => openApi(contract)))).toEqual(contracts.map(() => []));
  // Those without events are all the same to AsyncAPI, whose parser takes its time.
  const documents = contracts.map((contract) => asyncApi(contract));
  const eventful = documents.filter(({ operations }) => Object.keys(operations as object).length > 0);
  expect(eventful.length).toBeGreaterThan(2);
  expect(await asyncApiMistakes(eventful)).toEqual(eventful.map(() => []));
}, 60_000);
