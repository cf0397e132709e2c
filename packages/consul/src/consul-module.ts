import {
  asyncOptions,
  Clock,
  InjectionToken,
  Module,
  REGISTRY_DRIVER,
  type AsyncOptions,
  type DynamicModule,
  type Provider,
} from '@skerry/core';
import type { ConsulOptions } from './consul-options.js';
import { ConsulRegistryDriver } from './registry/consul-registry.js';

/** What {@link ConsulModule} was given, as its parts ask for it. */
export const CONSUL_OPTIONS = new InjectionToken<ConsulOptions>('CONSUL_OPTIONS', {
  key: Symbol.for('skerry.consul-options'),
});

/**
 * Lets an application find and be found through Consul. One line in the root module:
 *
 *     @Module({ imports: [OrdersModule, ConsulModule.forRoot({ url: 'http://127.0.0.1:8500' })] })
 *     export class AppModule {}
 *
 * Import it once: two registries in one application are ambiguous, and it does not start.
 */
@Module()
export class ConsulModule {
  /** Options that cannot work keep the application from starting: `SKERRY_OPTION_INVALID`, as the cause. */
  static forRoot(options: ConsulOptions = {}): DynamicModule {
    return consulModule({ provide: CONSUL_OPTIONS, useValue: options });
  }

  /** As {@link forRoot}, with options that are made from what the container has. */
  static forRootAsync(options: AsyncOptions<ConsulOptions>): DynamicModule {
    return consulModule(asyncOptions(CONSUL_OPTIONS, options), options);
  }
}

function consulModule(
  options: Provider<ConsulOptions>,
  { imports = [] }: Pick<DynamicModule, 'imports'> = {},
): DynamicModule {
  const driver = {
    provide: REGISTRY_DRIVER,
    useFactory: (clock: Clock, given: ConsulOptions) => new ConsulRegistryDriver(clock, given),
    inject: [Clock, CONSUL_OPTIONS],
  };
  return { module: ConsulModule, global: true, imports, providers: [options, driver], exports: [REGISTRY_DRIVER] };
}
