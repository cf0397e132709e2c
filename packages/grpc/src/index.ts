export { GrpcModule, GRPC_OPTIONS } from './grpc-module.js';
export type { GrpcOptions, GrpcServerOptions } from './grpc-options.js';
export { replyMetadata, type ReplyMetadata } from './server/reply-metadata.js';
export type { Compression } from './wire/compression.js';
