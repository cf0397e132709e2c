import {
  asyncOptions,
  BROKER_DRIVER,
  Clock,
  InjectionToken,
  Module,
  type AsyncOptions,
  type DynamicModule,
  type Provider,
} from '@skerry/core';
import { RabbitMqBrokerDriver } from './broker/rabbitmq-broker.js';
import type { RabbitMqOptions } from './rabbitmq-options.js';

/** What {@link RabbitMqModule} was given, as its parts ask for it. */
export const RABBITMQ_OPTIONS = new InjectionToken<RabbitMqOptions>('RABBITMQ_OPTIONS', {
  key: Symbol.for('skerry.rabbitmq-options'),
});

/**
 * Lets an application publish and subscribe through RabbitMQ. One line in the root module:
 *
 *     @Module({ imports: [OrdersModule, RabbitMqModule.forRoot({ url: 'amqp://127.0.0.1:5672' })] })
 *     export class AppModule {}
 *
 * Import it once: two brokers in one application are ambiguous, and it does not start.
 */
@Module()
export class RabbitMqModule {
  /** Options that cannot work keep the application from starting: `SKERRY_OPTION_INVALID`, as the cause. */
  static forRoot(options: RabbitMqOptions = {}): DynamicModule {
    return rabbitMqModule({ provide: RABBITMQ_OPTIONS, useValue: options });
  }

  /** As {@link forRoot}, with options that are made from what the container has. */
  static forRootAsync(options: AsyncOptions<RabbitMqOptions>): DynamicModule {
    return rabbitMqModule(asyncOptions(RABBITMQ_OPTIONS, options), options);
  }
}

function rabbitMqModule(
  options: Provider<RabbitMqOptions>,
  { imports = [] }: Pick<DynamicModule, 'imports'> = {},
): DynamicModule {
  const driver = {
    provide: BROKER_DRIVER,
    useFactory: (clock: Clock, given: RabbitMqOptions) => new RabbitMqBrokerDriver(clock, given),
    inject: [Clock, RABBITMQ_OPTIONS],
  };
  return { module: RabbitMqModule, global: true, imports, providers: [options, driver], exports: [BROKER_DRIVER] };
}
