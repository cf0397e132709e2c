import { RabbitMqModule } from '@skerry/rabbitmq';
import { Module } from '@skerry/core';
import { TestApp } from '@skerry/testing';
import { engineAvailable, startEngine, type Engine } from '@skerry/testing/engines';
import { Broker } from '@skerry/core';
import { Mailer, MailModule, orderPlaced } from './shop.js';

// #region own-engines
const withRabbit = (await engineAvailable('rabbitmq')) ? describe : describe.skip;

withRabbit('mail, on a real RabbitMQ', () => {
  let rabbit: Engine;
  beforeAll(async () => void (rabbit = await startEngine('rabbitmq', { own: true })), 60_000);
  afterAll(() => rabbit.stop());

  test('confirms what was placed', async () => {
    @Module({ imports: [MailModule, RabbitMqModule.forRoot({ url: rabbit.url })] })
    class AppModule {}
    const app = await TestApp.create(AppModule, { engines: 'own' }).doubleMissing().start();
    const spy = app.spy(orderPlaced);

    await app.get(Broker).publish(orderPlaced, { sku: 'A1', pieces: 1 });

    await spy.handled.next({ withinMs: 10_000 });
    expect(app.double(Mailer).send.calls).toEqual([['A1 is on its way']]);
    await app.close();
  });
});
// #endregion own-engines
