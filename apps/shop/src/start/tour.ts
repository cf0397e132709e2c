import { Module, Skerry } from '@skerry/core';
import type { PlaceOrder } from '@shop/contracts';
import { registry } from '@shop/engines';
import type { Orders } from '@shop/orders';
import type { Payments } from '@shop/payments';
import type { Stock } from '@shop/stock';
import { paint, say, table } from './terminal.js';

@Module({ imports: registry() })
class Customer {}

const wishes: readonly (Omit<PlaceOrder, 'orderId'> & { readonly title: string })[] = [
  { title: 'Ada orders two lamps', customer: 'ada', sku: 'lamp', pieces: 2 },
  { title: 'Ada orders more chairs than there are', customer: 'ada', sku: 'chair', pieces: 100 },
  { title: 'Bob orders a piano that he cannot pay', customer: 'bob', sku: 'piano', pieces: 1 },
];

const patienceMs = 60_000;
const money = (cents: number): string => (cents / 100).toFixed(2);

/** Places the orders, one after the other, waits for the end of each, and shows what the services know then. */
export async function tour(): Promise<void> {
  const customer = await Skerry.create(Customer, { logLevel: 'silent' });
  await customer.start();
  try {
    const orders = customer.client<Orders>('orders');
    const stock = customer.client<Stock>('stock');
    const payments = customer.client<Payments>('payments');
    // Of this run, so that a shop that is opened again takes them too.
    const run = Date.now().toString(36);
    for (const [index, { title, ...wish }] of wishes.entries()) {
      const orderId = `${wish.customer}-${run}-${index + 1}`;
      say();
      say(paint('bold', title));
      await orders.place({ ...wish, orderId }, { timeoutMs: 20_000 });
      for await (const _ of orders.follow({ orderId }, { timeoutMs: patienceMs }));
    }

    say();
    say(paint('bold', 'What the services know now'));
    say();
    const placed: string[][] = [];
    for await (const { orderId, status, totalCents, reason = '' } of orders.list()) {
      placed.push([orderId, money(totalCents), status, reason]);
    }
    const shelves: string[][] = [];
    for await (const { sku, left, reserved } of stock.shelves()) {
      shelves.push([sku, `${left} left`, `${reserved} reserved`]);
    }
    const accounts: string[][] = [];
    for (const who of ['ada', 'bob']) {
      const { balanceCents } = await payments.account({ customer: who });
      accounts.push([who, money(balanceCents)]);
    }
    for (const line of [...table(placed), '', ...table(shelves), '', ...table(accounts)]) say(line);
  } finally {
    await customer.stop();
  }
}
