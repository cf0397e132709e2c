import { Handler, Injectable, Module, Service, type HandlerCall, type Interceptor } from '@skerry/core';
import { message } from '../../pairs/contender.js';
import { Order } from '../../peers/order.js';
import { skerry } from '../../peers/skerry-application.js';

/** Does nothing, asynchronously: what it costs is the interceptor itself. */
@Injectable()
class First implements Interceptor {
  async intercept(_call: HandlerCall, next: () => unknown): Promise<unknown> {
    return next();
  }
}

@Injectable()
class Second extends First {}

@Injectable()
class Third extends First {}

@Service('echo')
class Echo {
  @Handler({ interceptors: [First, Second, Third] })
  async echo(order: Order): Promise<Order> {
    return order;
  }
}

@Module({ providers: [Echo, First, Second, Third] })
class EchoModule {}

/** Everything on, and three asynchronous interceptors of the server around the handler. */
export const contender = skerry<Echo>(EchoModule, 'echo', (echo) => ({ call: () => echo.echo(message) }));
