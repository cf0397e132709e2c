import { TestNetwork, TestApp } from '@skerry/testing';
import { AppModule as GreeterApp } from '../apps/greeter/src/app.module.js';
import { AppModule as ReceptionApp } from '../apps/reception/src/app.module.js';
import type { Reception } from '../apps/reception/src/reception.service.js';

// Both services as they ship, on a network that exists in memory only.
let network: TestNetwork;
let reception: TestApp;

beforeEach(async () => {
  network = new TestNetwork();
  await TestApp.create(GreeterApp, { network }).start();
  reception = await TestApp.create(ReceptionApp, { network }).start();
});

afterEach(() => network.close());

test('who is welcomed was greeted, and is in the guest book', async () => {
  const client = reception.client<Reception>('reception');
  await expect(client.welcome({ name: 'Ada' })).resolves.toEqual({ message: 'Hello Ada, welcome in.' });
  // An event arrives when it arrives.
  let names: string[] = [];
  while (names.length === 0) ({ names } = await client.guests());
  expect(names).toEqual(['Ada']);
});

test('a stream comes through both', async () => {
  const ticks: number[] = [];
  for await (const { left } of reception.client<Reception>('reception').countdown({ from: 2 })) ticks.push(left);
  expect(ticks).toEqual([2, 1]);
});
