export { GrpcModule, GRPC_OPTIONS } from './grpc-module.js';
export type { GrpcServiceOptions } from './client/described-service.js';
export type { ProtoSource } from './client/load-proto.js';
export type { GrpcClientOptions, GrpcOptions, GrpcServerOptions } from './grpc-options.js';
export { GrpcService } from './grpc-service.js';
export { replyMetadata, type ReplyMetadata } from './server/reply-metadata.js';
export type { Compression } from './wire/compression.js';
