import 'reflect-metadata';

// Decorators and the module graph
export { Injectable, Inject, InjectLazy, Optional, type InjectableOptions } from './container/injectable.js';
export type { Lazy } from './container/lazy.js';
export type {
  ClassProvider,
  ExistingProvider,
  FactoryProvider,
  Injected,
  InjectedToken,
  Provider,
  Scope,
  ValueProvider,
} from './container/provider.js';
export {
  InjectionToken,
  tokenKey,
  tokenName,
  type AbstractClass,
  type Class,
  type Token,
  type TokenOrThunk,
} from './container/token.js';
export {
  asyncOptions,
  Module,
  type AsyncOptions,
  type DynamicModule,
  type ModuleClass,
  type ModuleImport,
  type ModuleMetadata,
} from './module/module.js';
export type { Edge, ModuleGraph, ModuleNode, ProviderNode } from './module/graph.js';
export type { Seams } from './module/seams.js';
export { locationOf } from './module/location-of.js';
export type { Location } from './container/location.js';
export { GraphError, type Problem } from './module/problem.js';

// Services and calls
export { Service, type ServiceOptions } from './service/service.js';
export { Handler, type HandlerMethod, type HandlerOptions, type MessageType } from './service/handler.js';
export type { HandlerDefinition, ServiceDefinition } from './service/definition.js';
export { serviceOf } from './service/service-of.js';
export type { CallObserver, ObservedCall } from './server/call-observer.js';
export type { ServedProvider } from './service/check.js';
export { Subscribe, type SubscribeOptions, type SubscriberMethod } from './service/subscribe.js';
export { ErrorMapper, Guard, Interceptor, type HandlerCall } from './service/pipeline.js';
export type { CallOptions, Client, HandlerName } from './client/client.js';
export { Clients, clientToken, InjectClient, type ClientOptions } from './client/clients.js';
export type { RetryBudgetOptions } from './client/retry-budget.js';
export type { KeepAlive } from './rpc/keep-alive.js';
export { Context, type ContextOptions } from './context/context.js';
export type { Peer, PeerIdentity } from './context/peer.js';
export type { Carried } from './context/propagation.js';
export { formatTraceParent, parseTraceParent, type TraceParent } from './context/trace-parent.js';
export {
  Field,
  fieldKeyword,
  scalarKeyword,
  scalarTypes,
  typeKeyword,
  type FieldOptions,
  type ScalarType,
  type ValueType,
} from './schema/field.js';
export type { JsonSchema } from './schema/json-schema.js';
export { messageSchema, type MessageSchema, type MessageSchemaOptions } from './schema/message-schema.js';

// Protocols beside the native one
export type { Endpoint } from './server/endpoint.js';
export {
  SERVER_PROTOCOLS,
  type AcceptedCall,
  type IncomingCall,
  type OpenProtocol,
  type ProtocolHost,
  type ServerProtocol,
} from './server/protocol.js';
export {
  CLIENT_PROTOCOLS,
  type ClientProtocol,
  type ConnectOptions,
  type OpenPeer,
  type PeerConnection,
} from './client/protocol.js';
export { SERVICE_DESCRIPTIONS, type ServiceDescription } from './client/described.js';
export { HttpProtocol } from './http/http-protocol.js';
export type { CorsOptions, HttpOptions } from './http/http-options.js';
export { HTTP_ROUTES, type HttpRoute } from './http/http-route.js';
export { HTTP_UPGRADES, type HttpUpgrade } from './http/http-upgrade.js';
export { JsonRpcSession, type JsonRpcSessionOptions } from './json-rpc/json-rpc-session.js';
export { problemOf, type HttpProblem } from './http/problem.js';
export type { CancelReason, OpenHead, Resolution, RpcStream, StreamEvents } from './rpc/stream.js';

// Contracts and documents
export { asyncApi, type AsyncApiDocument } from './contract/asyncapi.js';
export { compareContracts, type ContractChange } from './contract/compare.js';
export type { Contract, ServiceContract, SubscriptionContract, TopicContract } from './contract/contract.js';
export type { DocumentOptions } from './contract/document.js';
export { jsonSchemaBundle } from './contract/json-schema-bundle.js';
export { contractLock, lockText, readLock, type ContractLock } from './contract/lock.js';
export { openApi, type OpenApiDocument } from './contract/openapi.js';

// Errors
export { catalogue, type SkerryCode } from './errors/catalogue.js';
export { nearest } from './errors/nearest.js';
export { SkerryError, type ErrorOrigin, type SkerryErrorOptions } from './errors/skerry-error.js';
export { statuses, type Status } from './errors/status.js';
export { ValidationError, type FieldError } from './errors/validation-error.js';
export { toWire, type ErrorClass, type WireError } from './errors/wire.js';

// The application
export { Application, type ApplicationState } from './app/application.js';
export { APPLICATION_INFO, CODEC, SERVED_SERVICES, type ApplicationInfo } from './app/built-in.js';
export { InboxModule, INBOX_OPTIONS } from './app/inbox-module.js';
export { AppEvents, type AppEvent, type AppEventListener, type StopStep } from './app/events.js';
export type {
  BeforeApplicationShutdown,
  HookName,
  OnApplicationBootstrap,
  OnApplicationShutdown,
  OnModuleInit,
} from './app/lifecycle.js';
export type { RootModule } from './app/load-root.js';
export type { ApplicationOptions } from './app/options.js';
export { explain, Skerry, type RunOptions } from './app/skerry.js';

// Time, logs and health
export { Clock, type Timer } from './clock/clock.js';
export { ManualClock } from './clock/manual-clock.js';
export { SystemClock } from './clock/system-clock.js';
export { Health, type HealthListener, type HealthReport } from './debug/health.js';
export {
  HealthCheck,
  type HealthCheckKind,
  type HealthCheckMethod,
  type HealthCheckOptions,
} from './debug/health-check.js';
export type { HealthEvent, HealthStatus } from './debug/health-events.js';
export type { HealthOptions } from './debug/health-options.js';
export type { CheckReport, CheckState } from './debug/health-probe.js';
export { Logger, logLevels, LogSink, type LogEntry, type LogLevel } from './debug/logger.js';
export { WinstonSink, type WinstonSinkOptions } from './debug/winston-sink.js';

// Building blocks and their engines
export { Broker, type BatchEntry, type BrokerStats, type PublishOptions } from './broker/broker.js';
export { BROKER_DRIVER } from './broker/broker-driver-token.js';
export type { BrokerEvent } from './broker/broker-events.js';
export { DedupeLog, type DedupeLease } from './broker/dedupe.js';
export { Delivery } from './broker/delivery.js';
export type {
  BrokerCapabilities,
  BrokerDriver,
  BrokerMessage,
  DeadLetter,
  DeadLetterDriver,
  DeliverySink,
  DriverDelivery,
  DriverSubscription,
  Failure,
  SubscriptionRequest,
} from './broker/driver.js';
export { brokerEngines } from './broker/engines.js';
export { MemoryBrokerDriver } from './broker/memory.js';
export { MemoryBrokerEngine, type MemoryBrokerEngineOptions } from './broker/memory-engine.js';
export { Reject } from './broker/reject.js';
export type { BackoffOptions } from './broker/retry-policy.js';
export type { Subscription, SubscriptionStats } from './broker/subscription.js';
export type { SubscriptionPlan } from './broker/subscription-plan.js';
export { topicMatcher } from './broker/memory-topic.js';
export { isPattern, isTopic, Topic, type TopicOptions } from './broker/topic.js';
export type { InboxEvent } from './inbox/inbox-events.js';
export type { ExpectedQueue, InboxOptions, WhenFull } from './inbox/inbox-options.js';
export type { Codec, MessageCodec, MessageCopy } from './codec/codec.js';
export { Codecs, CODECS } from './codec/codecs.js';
export { describedNative } from './codec/described-native.js';
export { messageCodec, type EndpointMessages, type EndpointSchemas } from './codec/endpoint-messages.js';
export type {
  EnvelopeCodec,
  EnvelopeError,
  RpcEnvelope,
  RpcFailure,
  RpcId,
  RpcNotification,
  RpcReply,
  RpcRequest,
} from './codec/envelope.js';
export { Envelopes, ENVELOPES } from './codec/envelopes.js';
export { describedJson } from './codec/described-json.js';
export { JsonCodec } from './codec/json-codec.js';
export { nativeCopy, type NativeFormat } from './codec/native-copy.js';
export {
  JsonRpcCodec,
  jsonRpcError,
  type JsonRpcDialect,
  type JsonRpcFault,
  type JsonRpcText,
} from './codec/json-rpc.js';
export type { RegistryCapabilities, RegistryDriver } from './registry/driver.js';
export { LocalRegistryDriver } from './registry/local.js';
export { MemoryRegistryDriver } from './registry/memory.js';
export { MemoryRegistryEngine } from './registry/memory-engine.js';
export type { EndpointKind, EndpointRecord, NodeRecord } from './registry/node-record.js';
export { Registration, type RegistrationOptions } from './registry/registration.js';
export type { RegistrationState } from './registry/registration-state.js';
export { Registry, type NodeDescription } from './registry/registry.js';
export { REGISTRY_DRIVER } from './registry/registry-driver-token.js';
export type { RegistryEvent } from './registry/registry-events.js';
export type { RegistryOptions } from './registry/registry-options.js';
export type { ServiceView } from './registry/service-view.js';
export type { Candidate } from './selector/candidate.js';
export { ConsistentHashStrategy } from './selector/consistent-hash.js';
export { LeastConnectionsStrategy } from './selector/least-connections.js';
export { P2cEwmaStrategy } from './selector/p2c-ewma.js';
export { RandomStrategy } from './selector/random.js';
export { RoundRobinStrategy } from './selector/round-robin.js';
export { NodeFilter, type FilteredCall, type NodeCriteria } from './selector/filter.js';
export type { Outcome } from './selector/outcome.js';
export { Selector, type Lease, type PickOptions, type SelectorOptions } from './selector/selector.js';
export { SelectionStrategy, type Choice } from './selector/strategy.js';
export { WeightedStrategy } from './selector/weighted.js';
export type {
  StoreBatchOutcome,
  StoreCapabilities,
  StoredChange,
  StoreDelete,
  StoredEntry,
  StoredPage,
  StoreDriver,
  StoreOutcome,
  StorePut,
  StoreRange,
  StoreWrite,
} from './store/driver.js';
export type {
  StoreBatchWrite,
  StoreCallOptions,
  StoreChange,
  StoreDeleteOptions,
  StoreEntry,
  StoreListOptions,
  StorePage,
  StorePutOptions,
  StoreUpdateOptions,
} from './store/entry.js';
export { InjectStore, storeToken } from './store/inject-store.js';
export { MemoryStoreDriver } from './store/memory.js';
export { MemoryStoreEngine } from './store/memory-engine.js';
export { Store } from './store/store.js';
export { STORE_DRIVER } from './store/store-driver-token.js';
export type { StoreOptions } from './store/store-options.js';
export { TypedStore } from './store/typed-store.js';
export {
  defaultTransportLimits,
  type Link,
  type LinkEvents,
  type Listener,
  type TransportDriver,
  type TransportLimits,
} from './transport/driver.js';
export { MemoryNetwork, MemoryTransport } from './transport/memory.js';
export { MemoryLink, type MemoryLinkEnd } from './transport/memory-link.js';
export { TcpTransport } from './transport/tcp.js';
export { HttpTransport } from './transport/http.js';
export { NativeUpgrade } from './server/native-upgrade.js';
export { TlsTransport } from './transport/tls.js';
export { TlsCredentials, type TlsEvent } from './transport/tls/tls-credentials.js';
export { resolveTlsOptions, type ResolvedTlsOptions, type TlsOptions } from './transport/tls/tls-options.js';
export { UnixTransport, type UnixOptions } from './transport/unix.js';
export type { PortProtocol } from './transport/port-protocol.js';
export { Transport, TRANSPORT_DRIVERS } from './transport/transport.js';

// For authors of transports: what links of all kinds wait for, and how they say that it did not come
export { FrameTimer, type ArrivingFrames } from './transport/frame-timer.js';
export { closeStalled, frameStalled, frameTooLarge, peerStalled, tookNothing } from './transport/link-errors.js';
export { KeepAliveWatch, serverKeepAlive, type Watched } from './rpc/keep-alive.js';
export { Patience } from './transport/patience.js';
export { expectedIdentity, type ExpectedIdentity } from './transport/tls/peer-identity.js';
export { remotePeer } from './transport/tls/remote-peer.js';
export { anyService, type CalledService } from './transport/called-service.js';
export { explainConnect } from './transport/tls/tls-errors.js';
