import {
  asyncOptions,
  CLIENT_PROTOCOLS,
  CODECS,
  Health,
  InjectionToken,
  Module,
  SERVED_SERVICES,
  SERVER_PROTOCOLS,
  SERVICE_DESCRIPTIONS,
  type AsyncOptions,
  type DynamicModule,
  type Provider,
  type ServiceDefinition,
  TlsCredentials,
} from '@skerry/core';
import { ProtobufCodec } from '@skerry/protobuf';
import { describeService, type DescribedService } from './client/described-service.js';
import { GrpcClientProtocol } from './client/grpc-protocol.js';
import type { GrpcOptions } from './grpc-options.js';
import { GrpcServerProtocol } from './server/grpc-server.js';

/** What {@link GrpcModule} was given, as its parts ask for it. */
export const GRPC_OPTIONS = new InjectionToken<GrpcOptions>('GRPC_OPTIONS', { key: Symbol.for('skerry.grpc-options') });

/** What the options say of services of strangers. */
const DESCRIBED_SERVICES = new InjectionToken<readonly DescribedService[]>('DESCRIBED_SERVICES', {
  key: Symbol.for('skerry.grpc-described-services'),
});

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
      useFactory: (given: GrpcOptions, services: readonly ServiceDefinition[], health: Health) =>
        new GrpcServerProtocol(given.server ?? {}, services, health),
      inject: [GRPC_OPTIONS, SERVED_SERVICES, Health],
      multi: true,
    },
    {
      provide: DESCRIBED_SERVICES,
      useFactory: ({ services = {} }: GrpcOptions) =>
        Object.entries(services).map(([name, service]) => describeService(name, service)),
      inject: [GRPC_OPTIONS],
    },
    {
      provide: SERVICE_DESCRIPTIONS,
      useFactory: (described: readonly DescribedService[]) => described.map(({ description }) => description),
      inject: [DESCRIBED_SERVICES],
      multi: true,
    },
    {
      provide: CLIENT_PROTOCOLS,
      useFactory: ({ client }: GrpcOptions, described: readonly DescribedService[], tls: TlsCredentials) =>
        new GrpcClientProtocol(client, new Map(described.flatMap(({ paths }) => [...paths])), tls),
      inject: [GRPC_OPTIONS, DESCRIBED_SERVICES, TlsCredentials],
      multi: true,
    },
  ];
  const exports = [CODECS, SERVER_PROTOCOLS, CLIENT_PROTOCOLS, SERVICE_DESCRIPTIONS];
  return { module: GrpcModule, global: true, imports, providers, exports };
}
