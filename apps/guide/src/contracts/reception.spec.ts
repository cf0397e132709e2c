import { Handler, Module, Service } from '@skerry/core';
import { TestApp, TestNetwork } from '@skerry/testing';
import { Reception, ReceptionModule } from './reception.js';

@Service('greeter')
class AnyGreeter {
  @Handler({ request: Object })
  async hello({ name }: { name: string }): Promise<object> {
    return { message: `Hello ${name}` };
  }
}

@Module({ providers: [AnyGreeter] })
class GreeterModule {}

test('a service is called by the types that were generated', async () => {
  const network = new TestNetwork();
  try {
    await TestApp.create(GreeterModule, { network }).start();
    const reception = await TestApp.create(ReceptionModule, { network }).start();
    expect(await reception.client<Reception>('reception').welcome()).toBe('Hello Ada');
  } finally {
    await network.close();
  }
});
