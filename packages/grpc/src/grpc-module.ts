import {
  asyncOptions,
  CODECS,
  InjectionToken,
  Module,
  SERVER_PROTOCOLS,
  type AsyncOptions,
  type DynamicModule,
  type Provider,
} from '@skerry/core';
import { ProtobufCodec } from '@skerry/protobuf';
import type { GrpcOptions } from './grpc-options.js';
import { GrpcServerProtocol } from './server/grpc-server.js';

/** What {@link GrpcModule} was given, as its parts ask for it. */
export const GRPC_OPTIONS = new InjectionToken<GrpcOptions>('GRPC_OPTIONS', { key: Symbol.for('skerry.grpc-options') });

/**
 * Lets an application be called by gRPC, on the port that it has, and call others. One line in the root module:
 *
 *     @Module({ imports: [OrdersModule, GrpcModule.forRoot()] })
 *     export class AppModule {}
 */
@Module()
export class GrpcModule {
  static forRoot(options: GrpcOptions = {}): DynamicModule {
    return grpcModule({ provide: GRPC_OPTIONS, useValue: options });
  }

  /** As {@link forRoot}, with options that are made from what the container has. */
  static forRootAsync(options: AsyncOptions<GrpcOptions>): DynamicModule {
    return grpcModule(asyncOptions(GRPC_OPTIONS, options), options);
  }
}

function grpcModule(
  options: Provider<GrpcOptions>,
  { imports = [] }: Pick<DynamicModule, 'imports'> = {},
): DynamicModule {
  const providers: Provider[] = [
    options,
    { provide: CODECS, useFactory: () => new ProtobufCodec(), multi: true },
    {
      provide: SERVER_PROTOCOLS,
      useFactory: (given: GrpcOptions) => new GrpcServerProtocol(given.server),
      inject: [GRPC_OPTIONS],
      multi: true,
    },
  ];
  return { module: GrpcModule, global: true, imports, providers, exports: [CODECS, SERVER_PROTOCOLS] };
}
