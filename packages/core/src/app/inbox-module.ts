import { BROKER_DRIVER } from '../broker/broker-driver-token.js';
import { Peers } from '../client/peers.js';
import { Clock } from '../clock/clock.js';
import type { Provider } from '../container/provider.js';
import { InjectionToken } from '../container/token.js';
import { InboxBrokerDriver } from '../inbox/inbox.js';
import type { InboxOptions } from '../inbox/inbox-options.js';
import { Inbox, Inlets } from '../inbox/inbox-service.js';
import { asyncOptions, Module, type AsyncOptions, type DynamicModule } from '../module/module.js';
import { Registry } from '../registry/registry.js';
import { Store } from '../store/store.js';
import { APPLICATION_INFO, type ApplicationInfo } from './built-in.js';
import { AppEvents } from './events.js';

/** What {@link InboxModule} was given. */
export const INBOX_OPTIONS = new InjectionToken<InboxOptions>('INBOX_OPTIONS', {
  key: Symbol.for('skerry.inbox-options'),
});

/**
 * Lets an application publish and subscribe without a broker's server: a message waits in the publisher's `Store` until one node of
 * each queue has handled it. One line in the root module of each application that takes part:
 *
 *     @Module({ imports: [OrdersModule, InboxModule.forRoot({ whenFull: 'block' })] })
 *     export class AppModule {}
 *
 * With a store on disk messages outlive their publisher; with the default one they are gone with it.
 */
@Module()
export class InboxModule {
  /** Options that cannot work keep the application from starting: `SKERRY_OPTION_INVALID`, as the cause. */
  static forRoot(options: InboxOptions = {}): DynamicModule {
    return inboxModule({ provide: INBOX_OPTIONS, useValue: options });
  }

  /** As {@link forRoot}, with options that are made from what the container has. */
  static forRootAsync(options: AsyncOptions<InboxOptions>): DynamicModule {
    return inboxModule(asyncOptions(INBOX_OPTIONS, options), options);
  }
}

function inboxModule(
  options: Provider<InboxOptions>,
  { imports = [] }: Pick<DynamicModule, 'imports'> = {},
): DynamicModule {
  const driver = {
    provide: BROKER_DRIVER,
    useFactory: (
      given: InboxOptions,
      store: Store,
      registry: Registry,
      peers: Peers,
      inlets: Inlets,
      clock: Clock,
      { instance }: ApplicationInfo,
      events: AppEvents,
    ) => {
      const ground = { store: store.namespace('inbox'), registry, peers, inlets, clock, instance };
      return new InboxBrokerDriver({ ...ground, events: (event) => events.emit(event) }, given);
    },
    inject: [INBOX_OPTIONS, Store, Registry, Peers, Inlets, Clock, APPLICATION_INFO, AppEvents],
  };
  const inlets = { provide: Inlets, useClass: Inlets };
  return {
    ...{ module: InboxModule, global: true, imports },
    providers: [options, inlets, Inbox, driver],
    exports: [BROKER_DRIVER],
  };
}
