import { ValidationError } from '@skerry/core';
import { ManualClock, TestApp, TestNetwork } from '@skerry/testing';
import { AppModule } from './app.module.js';
import type { Greeter } from './greeter.service.js';

test('greets by name', async () => {
  const app = await TestApp.create(AppModule).start();
  await expect(app.client<Greeter>('greeter').hello({ name: 'Ada' })).resolves.toEqual({ message: 'Hello Ada' });
  await app.close();
});

test('refuses a name that is empty', async () => {
  const app = await TestApp.create(AppModule).start();
  await expect(app.client<Greeter>('greeter').hello({ name: '' })).rejects.toBeInstanceOf(ValidationError);
  await app.close();
});

test('counts down in its own time, which a test owns', async () => {
  const clock = new ManualClock();
  const app = await TestApp.create(AppModule, { network: new TestNetwork(clock) }).start();
  const ticks: number[] = [];
  const counting = (async () => {
    for await (const { left } of app.client<Greeter>('greeter').countdown({ from: 3 })) ticks.push(left);
  })();
  while (ticks.length < 3) await clock.advance(200);
  await clock.advance(200);
  await counting;
  expect(ticks).toEqual([3, 2, 1]);
  await app.close();
});
