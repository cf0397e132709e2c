import { Clock, ValidationError, type Client } from '@skerry/core';
import { ManualClock, TestApp, TestNetwork } from '@skerry/testing';
import { GreeterModule } from './app.module.js';
import type { Greeter } from './greeter.service.js';

// #region test
describe('the greeter', () => {
  let app: TestApp;
  let greeter: Client<Greeter>;

  beforeAll(async () => {
    app = await TestApp.create(GreeterModule).start();
    greeter = app.client<Greeter>('greeter');
  });

  afterAll(() => app.close());

  test('greets by name', async () => {
    await expect(greeter.hello({ name: 'Ada' })).resolves.toEqual({ message: 'Hello Ada' });
  });

  test('refuses a name that is empty', async () => {
    await expect(greeter.hello({ name: '' })).rejects.toBeInstanceOf(ValidationError);
  });
});
// #endregion test

test('the countdown takes its time, which a test does not', async () => {
  const clock = new ManualClock();
  const app = await TestApp.create(GreeterModule, { network: new TestNetwork(clock) }).start();
  const ticks: number[] = [];
  const counting = (async () => {
    for await (const { left } of app.client<Greeter>('greeter').countdown({ from: 3 })) ticks.push(left);
  })();
  while (ticks.length < 3) await clock.advance(200);
  await clock.advance(200);
  await counting;
  expect(ticks).toEqual([3, 2, 1]);
  expect(app.get(Clock)).toBe(clock);
  await app.close();
});
