import { Handler, Module, Service } from '@skerry/core';
import { message } from '../../pairs/contender.js';
import { skerry } from '../../peers/skerry-application.js';

@Service('echo')
class Echo {
  @Handler({ request: Object })
  async echo(order: unknown): Promise<unknown> {
    return order;
  }
}

@Module({ providers: [Echo] })
class EchoModule {}

/** A handler that takes anything: what validation costs is the difference. */
export const contender = skerry<Echo>(EchoModule, 'echo', (echo) => ({ call: () => echo.echo(message) }));
