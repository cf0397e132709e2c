import { Handler, Module, Service, Skerry } from '@skerry/core';
import { modules } from './skerry-modules.js';

@Service('echo')
class Echo {
  @Handler({ request: Object })
  async echo(order: unknown): Promise<unknown> {
    return order;
  }
}

@Module({ imports: modules, providers: [Echo] })
class Application {}

const application = await Skerry.create(Application, { logLevel: 'silent', drainDelayMs: 0 });
await application.start();
process.stdout.write('ready\n');
await application.stop();
