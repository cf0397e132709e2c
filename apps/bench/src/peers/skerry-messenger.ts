import { Broker, Module, Service, Skerry, Subscribe, type Application, type DynamicModule } from '@skerry/core';
import {
  prefetch,
  type BrokerContender,
  type Ground,
  type Handled,
  type OneApplication,
  type Publish,
} from '../broker/contender.js';
import { orders, PlacedOrder } from './placed-order.js';

// A subscription asks for twice as many as it handles at once.
const concurrency = prefetch / 2;

type Side = 'publisher' | 'subscriber';

/**
 * An application that publishes, and another that subscribes, with all defaults but the concurrency: validation on both sides,
 * retries, dead letters.
 *
 * @param engine The modules of the broker, on either side.
 */
export function skerryMessenger(engine: (ground: Ground, side: Side) => DynamicModule[]): BrokerContender {
  return {
    async consume(ground, handled) {
      await started(subscriber(ground.name, handled), engine(ground, 'subscriber'));
    },
    async connect(ground) {
      return publishing(await started(undefined, engine(ground, 'publisher')));
    },
  };
}

/** As {@link skerryMessenger}, with the default engine, which is one application's own. */
export const inMemory: OneApplication = {
  start: async (handled) => publishing(await started(subscriber('bench', handled), [])),
};

function publishing(application: Application): Publish {
  const broker = application.get(Broker);
  return (message) => broker.publish(orders, message);
}

function subscriber(queue: string, handled: Handled): new () => object {
  @Service('bench')
  class Subscriber {
    @Subscribe(orders, { queue, concurrency })
    async placed(order: PlacedOrder): Promise<void> {
      handled(order);
    }
  }
  return Subscriber;
}

async function started(service: (new () => object) | undefined, imports: DynamicModule[]): Promise<Application> {
  @Module({ imports, providers: service ? [service] : [] })
  class Messenger {}
  const application = await Skerry.create(Messenger, { logLevel: 'silent' });
  await application.start();
  return application;
}
