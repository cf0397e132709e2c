import type { Compression } from './wire/compression.js';
import { SkerryError } from '@skerry/core';

/** How an application serves gRPC. */
export interface GrpcServerOptions {
  /** Calls that one connection may have running. Default 1,024. */
  readonly maxConcurrentStreams?: number;
  /** How replies of 1 KiB and more are compressed for callers that accept it. Default: not at all. */
  readonly compression?: Compression;
  /** How long a peer may take to introduce itself, and to send the request of a call that it began, in ms. Default 10 s. */
  readonly requestTimeoutMs?: number;
  /** How long a connection may be without calls before it is closed, in ms. Default 5 min. */
  readonly idleTimeoutMs?: number;
  /** How often a peer that has calls running is asked whether it is there, in ms. Default 30 s. */
  readonly keepAliveMs?: number;
  /** How long it may take to answer that, in ms. Default 20 s. */
  readonly keepAliveTimeoutMs?: number;
  /** After which time a connection is replaced by its peer, so that balancers see it anew, in ms. Default: never. */
  readonly maxConnectionAgeMs?: number;
  /** Whether clients may ask what is served: `grpc.reflection`. Default `true`. */
  readonly reflection?: boolean;
}

export type ResolvedServerOptions = Required<Omit<GrpcServerOptions, 'compression'>> &
  Pick<GrpcServerOptions, 'compression'>;

const defaults = {
  maxConcurrentStreams: 1_024,
  requestTimeoutMs: 10_000,
  idleTimeoutMs: 300_000,
  keepAliveMs: 30_000,
  keepAliveTimeoutMs: 20_000,
  maxConnectionAgeMs: Infinity,
  reflection: true,
};

/** Throws `SKERRY_OPTION_INVALID`. */
export function resolveServerOptions(given: GrpcServerOptions): ResolvedServerOptions {
  const options = { ...defaults, ...given };
  for (const key of ['requestTimeoutMs', 'idleTimeoutMs', 'keepAliveMs', 'keepAliveTimeoutMs'] as const) {
    checkPositive(key, options[key]);
  }
  checkPositive('maxConnectionAgeMs', options.maxConnectionAgeMs);
  checkPositive('maxConcurrentStreams', options.maxConcurrentStreams);
  const { compression } = options;
  if (compression !== undefined && compression !== 'gzip' && compression !== 'deflate') {
    throw invalid('compression', compression, "'gzip' or 'deflate'");
  }
  return options;
}

export function checkPositive(key: string, value: number): void {
  if (!(value > 0)) throw invalid(key, value, 'a number above 0');
}

function invalid(key: string, value: unknown, wanted: string): SkerryError {
  return new SkerryError(
    'SKERRY_OPTION_INVALID',
    `GrpcModule: ${key} is ${JSON.stringify(value)}; it must be ${wanted}.`,
  );
}

/** How an application speaks gRPC. */
export interface GrpcOptions {
  readonly server?: GrpcServerOptions;
}
