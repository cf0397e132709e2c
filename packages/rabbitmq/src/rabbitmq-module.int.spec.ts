import { eventually, findRabbitMq, openHandles, rabbitMqStarter, sharedRabbitMq } from '@skerry-private/test-kit';
import { Broker, Injectable, Module, Service, Skerry, Subscribe, type Application } from '@skerry/core';
import { Ground } from './broker/fixtures/ground.js';
import { RabbitMqModule } from './rabbitmq-module.js';

const sbin = await findRabbitMq();
let heard: string[] = [];

class Greeted {
  name!: string;
}

(sbin ? describe : describe.skip)('applications that publish and subscribe through RabbitMQ', () => {
  const startRabbitMq = rabbitMqStarter(afterAll, sbin);
  let ground: Ground;

  beforeAll(async () => {
    ground = new Ground(await sharedRabbitMq(startRabbitMq));
  }, 60_000);

  afterAll(() => ground.clear([`audit.${ground.exchange}.greeted`]));

  const start = async (root: new () => object): Promise<Application> => {
    const application = await Skerry.create(root, { logLevel: 'silent', drainDelayMs: 0 });
    await application.start();
    return application;
  };

  test('one is given its server, the other makes it from what the container has; both leave nothing behind', async () => {
    heard = [];
    const before = openHandles();
    const { url, exchange } = ground;
    const topic = `${exchange}.greeted`;

    @Service('audit')
    class Audit {
      @Subscribe(topic, { queue: 'audit', backoff: { firstMs: 10, mostMs: 100 } })
      async note({ name }: Greeted): Promise<void> {
        heard.push(name);
        if (heard.length === 1) throw new Error('once');
      }
    }
    @Module({ imports: [RabbitMqModule.forRoot({ url, exchange })], providers: [Audit] })
    class AuditModule {}

    @Injectable()
    class Settings {
      readonly rabbitmq = { url, exchange, heartbeatMs: 5_000 };
    }
    @Module({ providers: [Settings], exports: [Settings] })
    class SettingsModule {}
    const made = { imports: [SettingsModule], inject: [Settings], useFactory: ({ rabbitmq }: Settings) => rabbitmq };
    @Module({ imports: [RabbitMqModule.forRootAsync(made)] })
    class GreeterModule {}

    const audit = await start(AuditModule);
    const greeter = await start(GreeterModule);
    await greeter.get(Broker).publish(topic, { name: 'Ada' });
    await eventually(() => expect(heard).toEqual(['Ada', 'Ada']));
    await greeter.stop();
    await audit.stop();
    await before.nothingMore();
  });

  test('options that cannot work are told before anything starts', async () => {
    @Module({ imports: [RabbitMqModule.forRoot({ heartbeatMs: 1 })] })
    class AppModule {}
    await expect(start(AppModule)).rejects.toMatchObject({ message: expect.stringContaining('heartbeatMs is 1') });
  });
});
