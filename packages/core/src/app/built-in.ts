import { Broker } from '../broker/broker.js';
import { BROKER_DRIVER } from '../broker/broker-driver-token.js';
import { DedupeLog } from '../broker/dedupe.js';
import type { BrokerDriver } from '../broker/driver.js';
import { MemoryBrokerDriver } from '../broker/memory.js';
import { MemoryBrokerEngine } from '../broker/memory-engine.js';
import { Clients } from '../client/clients.js';
import { SERVICE_DESCRIPTIONS, type ServiceDescription } from '../client/described.js';
import { NativeProtocol } from '../client/native-protocol.js';
import { Peers } from '../client/peers.js';
import { CLIENT_PROTOCOLS, type ClientProtocol } from '../client/protocol.js';
import { Clock } from '../clock/clock.js';
import { SystemClock } from '../clock/system-clock.js';
import type { Codec } from '../codec/codec.js';
import { Codecs, CODECS } from '../codec/codecs.js';
import type { EnvelopeCodec } from '../codec/envelope.js';
import { Envelopes, ENVELOPES } from '../codec/envelopes.js';
import { JsonCodec } from '../codec/json-codec.js';
import type { FactoryProvider } from '../container/provider.js';
import { JsonRpcCodec } from '../codec/json-rpc.js';
import { InjectionToken } from '../container/token.js';
import { contractOf, type Contract } from '../contract/contract.js';
import { Health } from '../debug/health.js';
import { Logger, LogSink } from '../debug/logger.js';
import { WinstonSink } from '../debug/winston-sink.js';
import type { ErrorOrigin } from '../errors/skerry-error.js';
import { healthRoutes } from '../http/health-routes.js';
import { HttpProtocol } from '../http/http-protocol.js';
import { HTTP_ROUTES, type HttpRoute } from '../http/http-route.js';
import { HTTP_UPGRADES, type HttpUpgrade } from '../http/http-upgrade.js';
import { openApiRoute } from '../http/openapi-route.js';
import { Module, type DynamicModule } from '../module/module.js';
import type { RegistryDriver } from '../registry/driver.js';
import { LocalRegistryDriver } from '../registry/local.js';
import { Registry } from '../registry/registry.js';
import { REGISTRY_DRIVER } from '../registry/registry-driver-token.js';
import { NativeUpgrade } from '../server/native-upgrade.js';
import { SERVER_PROTOCOLS, ServerProtocols, type ServerProtocol } from '../server/protocol.js';
import { P2cEwmaStrategy } from '../selector/p2c-ewma.js';
import { NodeFilter } from '../selector/filter.js';
import { Selector } from '../selector/selector.js';
import { SelectionStrategy } from '../selector/strategy.js';
import type { ServiceDefinition } from '../service/definition.js';
import type { StoreDriver } from '../store/driver.js';
import { MemoryStoreDriver } from '../store/memory.js';
import { MemoryStoreEngine } from '../store/memory-engine.js';
import { Store } from '../store/store.js';
import { STORE_DRIVER } from '../store/store-driver-token.js';
import type { TransportDriver, TransportLimits } from '../transport/driver.js';
import { TcpTransport } from '../transport/tcp.js';
import { HttpTransport } from '../transport/http.js';
import { TlsTransport } from '../transport/tls.js';
import { namesServices } from '../transport/tls/server-name.js';
import { TlsCredentials } from '../transport/tls/tls-credentials.js';
import { UnixTransport } from '../transport/unix.js';
import { Transport, TRANSPORT_DRIVERS } from '../transport/transport.js';
import { DedupeInStore } from './dedupe-in-store.js';
import { AppEvents } from './events.js';
import type { ResolvedOptions } from './options.js';

// What surrounds a message in its frame: identifiers, trace, metadata.
const frameOverheadBytes = 64 * 1024;

/** What a running application is called: its root module, and this start of it. */
export interface ApplicationInfo {
  readonly name: string;
  /** Unique per start: part of the ids of its nodes. */
  readonly instance: string;
  /** Who others are told is calling: its service, where it has just one; otherwise it goes by the name of its root module. */
  readonly self: ErrorOrigin;
}

export const APPLICATION_INFO = new InjectionToken<ApplicationInfo>('APPLICATION_INFO', {
  key: Symbol.for('skerry.application-info'),
});

/** What the application serves, as its decorators say: for modules that have to look at it before anything starts. */
export const SERVED_SERVICES = new InjectionToken<readonly ServiceDefinition[]>('SERVED_SERVICES', {
  key: Symbol.for('skerry.served-services'),
});

/** How messages are written to whoever understands it, and to brokers: JSON, unless a codec's module says that it is preferred. */
export const CODEC = new InjectionToken<Codec>('CODEC', { key: Symbol.for('skerry.codec') });

@Module()
class Skerry {}

/**
 * What every application has without asking: the building blocks on their embedded defaults. Each is a fallback, so an
 * engine's module takes its place by providing the same token.
 *
 * @param services What it serves; asked when something is created.
 */
export function builtIn(
  name: string,
  options: ResolvedOptions,
  events: AppEvents,
  services: () => readonly ServiceDefinition[],
): DynamicModule {
  const { maxConnections } = options;
  const limits = { maxConnections, maxFrameBytes: options.maxMessageBytes + frameOverheadBytes };
  const providers = [
    { provide: AppEvents, useValue: events },
    { provide: Clock, useClass: SystemClock, fallback: true },
    {
      provide: APPLICATION_INFO,
      useFactory: (clock: Clock): ApplicationInfo => {
        const instance = clock.randomHex(4);
        const [only, ...others] = services();
        const service = only !== undefined && others.length === 0 ? only.name : name;
        return { name, instance, self: { service, node: `${service}-${instance}` } };
      },
      inject: [Clock],
    },
    { provide: SERVED_SERVICES, useFactory: services },
    { provide: LogSink, useFactory: () => new WinstonSink(), fallback: true },
    {
      provide: Logger,
      useFactory: (sink: LogSink) => new Logger(sink, options.logLevel),
      inject: [LogSink],
      fallback: true,
    },
    {
      provide: Health,
      useFactory: (clock: Clock) => new Health(clock, options.health, (event) => events.emit(event)),
      inject: [Clock],
    },
    { provide: CODEC, useClass: JsonCodec, fallback: true },
    { provide: CODECS, useClass: JsonCodec, multi: true },
    {
      provide: Codecs,
      useFactory: (preferred: Codec, all: readonly Codec[]) => new Codecs(preferred, all),
      inject: [CODEC, CODECS],
    },
    { provide: ENVELOPES, useFactory: () => new JsonRpcCodec(), multi: true },
    {
      provide: Envelopes,
      useFactory: (all: readonly EnvelopeCodec[]) => new Envelopes(all),
      inject: [ENVELOPES],
    },
    {
      provide: REGISTRY_DRIVER,
      useFactory: (clock: Clock) => new LocalRegistryDriver(clock, {}, options.env),
      inject: [Clock],
      fallback: true,
    },
    {
      provide: Registry,
      useFactory: (driver: RegistryDriver, clock: Clock) =>
        new Registry(driver, clock, options.registry, (event) => events.emit(event)),
      inject: [REGISTRY_DRIVER, Clock],
    },
    {
      provide: STORE_DRIVER,
      useFactory: (clock: Clock) => new MemoryStoreDriver(new MemoryStoreEngine(clock)),
      inject: [Clock],
      fallback: true,
    },
    {
      provide: Store,
      useFactory: (driver: StoreDriver, clock: Clock) =>
        new Store(driver, clock).namespace('applications').namespace(name),
      inject: [STORE_DRIVER, Clock],
    },
    {
      provide: BROKER_DRIVER,
      useFactory: (clock: Clock) => new MemoryBrokerDriver(new MemoryBrokerEngine(clock)),
      inject: [Clock],
      fallback: true,
    },
    {
      provide: DedupeLog,
      useFactory: (store: Store, clock: Clock) => new DedupeInStore(store, clock),
      inject: [Store, Clock],
      fallback: true,
    },
    {
      provide: Broker,
      useFactory: (driver: BrokerDriver, clock: Clock, codec: Codec, info: ApplicationInfo, dedupe: DedupeLog) => {
        return new Broker(driver, clock, codec, info.self, (event) => events.emit(event), dedupe);
      },
      inject: [BROKER_DRIVER, Clock, CODEC, APPLICATION_INFO, DedupeLog],
    },
    {
      provide: TRANSPORT_DRIVERS,
      useFactory: (clock: Clock) => new TcpTransport(clock, limits),
      inject: [Clock],
      multi: true,
    },
    {
      provide: TRANSPORT_DRIVERS,
      useFactory: (clock: Clock) => new UnixTransport(clock, { ...limits, mode: options.unixSocketMode }),
      inject: [Clock],
      multi: true,
    },
    {
      provide: TlsCredentials,
      useFactory: (clock: Clock) => new TlsCredentials(options.tls, clock, (event) => events.emit(event)),
      inject: [Clock],
      fallback: true,
    },
    {
      provide: TRANSPORT_DRIVERS,
      useFactory: (clock: Clock, credentials: TlsCredentials) => new TlsTransport(clock, credentials, limits),
      inject: [Clock, TlsCredentials],
      multi: true,
    },
    ...(['http', 'https'] as const).map((scheme) => ({
      provide: TRANSPORT_DRIVERS,
      useFactory: (clock: Clock, credentials: TlsCredentials) => new HttpTransport(scheme, clock, credentials, limits),
      inject: [Clock, TlsCredentials],
      multi: true,
    })),
    {
      provide: Transport,
      useFactory: (drivers: readonly TransportDriver[]) => new Transport(drivers),
      inject: [TRANSPORT_DRIVERS],
    },
    ...http(options, limits, () => contractOf(name, services())),
    {
      provide: ServerProtocols,
      useFactory: (all: readonly ServerProtocol[] | undefined) => new ServerProtocols(all ?? []),
      inject: [{ token: SERVER_PROTOCOLS, optional: true }],
    },
    { provide: SelectionStrategy, useClass: P2cEwmaStrategy, fallback: true },
    {
      provide: Selector,
      useFactory: (strategy: SelectionStrategy, clock: Clock) =>
        new Selector(strategy, clock, options.zone ? { zone: options.zone } : {}),
      inject: [SelectionStrategy, Clock],
    },
    {
      provide: Peers,
      useFactory: (
        transport: Transport,
        clock: Clock,
        info: ApplicationInfo,
        codecs: Codecs,
        tls: TlsCredentials,
        others: readonly ClientProtocol[] | undefined,
      ) =>
        new Peers([new NativeProtocol(transport, options.keepAlive), ...(others ?? [])], clock, {
          self: info.self,
          codecs,
          maxMessageBytes: options.maxMessageBytes,
          apart: namesServices(tls.options.serverName),
        }),
      inject: [Transport, Clock, APPLICATION_INFO, Codecs, TlsCredentials, { token: CLIENT_PROTOCOLS, optional: true }],
    },
    {
      provide: Clients,
      useFactory: (
        registry: Registry,
        selector: Selector,
        peers: Peers,
        clock: Clock,
        filters: readonly NodeFilter[] | undefined,
        descriptions: readonly (ServiceDescription | readonly ServiceDescription[])[] | undefined,
      ) => new Clients(registry, { selector, peers, clock }, options.retryBudget, filters, descriptions?.flat()),
      inject: [
        Registry,
        Selector,
        Peers,
        Clock,
        { token: NodeFilter, optional: true },
        { token: SERVICE_DESCRIPTIONS, optional: true },
      ],
    },
  ];
  return { module: Skerry, providers, exports: [...new Set(providers.map(({ provide }) => provide))] };
}

function http(
  { http: options }: ResolvedOptions,
  limits: Partial<TransportLimits>,
  contract: () => Contract,
): FactoryProvider[] {
  if (options?.enabled === false) return [];
  return [
    { provide: HTTP_UPGRADES, useFactory: () => new NativeUpgrade(limits), multi: true },
    ...(options?.openapi ? [{ provide: HTTP_ROUTES, useFactory: () => openApiRoute(contract), multi: true }] : []),
    {
      provide: SERVER_PROTOCOLS,
      useFactory: (
        envelopes: Envelopes,
        health: Health,
        upgrades?: readonly HttpUpgrade[],
        routes: readonly HttpRoute[] = [],
      ) => {
        const own = options?.health ? healthRoutes(health) : [];
        return new HttpProtocol(options, { envelopes, upgrades, routes: [...own, ...routes] });
      },
      inject: [Envelopes, Health, { token: HTTP_UPGRADES, optional: true }, { token: HTTP_ROUTES, optional: true }],
      multi: true,
    },
  ];
}
