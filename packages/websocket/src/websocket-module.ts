import {
  asyncOptions,
  Clock,
  HTTP_UPGRADES,
  InjectionToken,
  Module,
  TlsCredentials,
  TRANSPORT_DRIVERS,
  type AsyncOptions,
  type DynamicModule,
  type Provider,
} from '@skerry/core';
import { WebSocketTransport } from './transport/websocket-transport.js';
import { WebSocketUpgrade } from './upgrade/websocket-upgrade.js';
import { resolveWebSocketOptions, type WebSocketOptions } from './websocket-options.js';

/** What {@link WebSocketModule} was given, as its parts ask for it. */
export const WEBSOCKET_OPTIONS = new InjectionToken<WebSocketOptions>('WEBSOCKET_OPTIONS', {
  key: Symbol.for('skerry.websocket-options'),
});

/**
 * Lets browsers, and whatever else can only speak HTTP, call an application by WebSockets on its port, and lets the application
 * connect to addresses `ws://` and `wss://`, or listen on them. One line in the root module:
 *
 *     @Module({ imports: [OrdersModule, WebSocketModule.forRoot({ origins: ['https://shop.example'] })] })
 *     export class AppModule {}
 */
@Module()
export class WebSocketModule {
  /** Options that cannot work keep the application from starting: `SKERRY_OPTION_INVALID`, as the cause. */
  static forRoot(options: WebSocketOptions = {}): DynamicModule {
    return webSocketModule({ provide: WEBSOCKET_OPTIONS, useValue: options });
  }

  /** As {@link forRoot}, with options that are made from what the container has. */
  static forRootAsync(options: AsyncOptions<WebSocketOptions>): DynamicModule {
    return webSocketModule(asyncOptions(WEBSOCKET_OPTIONS, options), options);
  }
}

function webSocketModule(
  options: Provider<WebSocketOptions>,
  { imports = [] }: Pick<DynamicModule, 'imports'> = {},
): DynamicModule {
  const limits = (given: WebSocketOptions) => ({ maxFrameBytes: resolveWebSocketOptions(given).maxFrameBytes });
  const providers: Provider[] = [
    {
      provide: HTTP_UPGRADES,
      useFactory: (given: WebSocketOptions) => new WebSocketUpgrade(given),
      inject: [WEBSOCKET_OPTIONS],
      multi: true,
    },
    {
      provide: TRANSPORT_DRIVERS,
      useFactory: (clock: Clock, given: WebSocketOptions) => new WebSocketTransport(clock, limits(given)),
      inject: [Clock, WEBSOCKET_OPTIONS],
      multi: true,
    },
    {
      provide: TRANSPORT_DRIVERS,
      useFactory: (clock: Clock, tls: TlsCredentials, given: WebSocketOptions) =>
        new WebSocketTransport(clock, limits(given), tls),
      inject: [Clock, TlsCredentials, WEBSOCKET_OPTIONS],
      multi: true,
    },
  ];
  return {
    module: WebSocketModule,
    global: true,
    imports,
    providers: [options, ...providers],
    exports: [HTTP_UPGRADES, TRANSPORT_DRIVERS],
  };
}
