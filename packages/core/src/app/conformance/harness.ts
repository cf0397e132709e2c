import type { ApplicationOptions } from '../options.js';
import type { Application } from '../application.js';
import type { ModuleClass } from '../../module/module.js';

/** What a test runner must offer; Jest, Vitest and node:test all fit. */
export interface ProtocolRunner {
  describe(name: string, body: () => void): void;
  test(name: string, body: () => Promise<void>): void;
  /** Told of a behaviour that the protocol cannot have; the test of that name shows how it is refused. Default: not told. */
  lacks?(name: string, reason: string): void;
}

/** What not every protocol can carry. */
export type ProtocolAbility = 'server-stream' | 'client-stream' | 'bidirectional' | 'unicode-metadata';

/** What a caller may say of a call. */
export interface ProtocolCallOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly idempotencyKey?: string;
  /** The span that the call belongs to: 32 and 16 hexadecimal digits. */
  readonly trace?: { readonly traceId: string; readonly spanId: string };
}

/**
 * Calls by one protocol, as its own clients do. Endpoints are `service.handler`. What fails rejects with a `SkerryError` made of
 * all that the protocol told of it.
 */
export interface ProtocolCaller {
  unary(endpoint: string, request: unknown, options?: ProtocolCallOptions): Promise<unknown>;
  /** Where the protocol has no server streams: calls the handler all the same, to see how that is refused. */
  serverStream(endpoint: string, request: unknown, options?: ProtocolCallOptions): AsyncIterable<unknown>;
  /** Takes from `requests` no faster than the protocol lets it send. */
  clientStream(endpoint: string, requests: AsyncIterable<unknown>, options?: ProtocolCallOptions): Promise<unknown>;
  bidirectional(
    endpoint: string,
    requests: AsyncIterable<unknown>,
    options?: ProtocolCallOptions,
  ): AsyncIterable<unknown>;
}

/** An application that serves, and one who calls it. */
export interface ProtocolPeers {
  readonly server: Application;
  readonly caller: ProtocolCaller;
  /** Closes both. Harmless when the server was stopped before. */
  close(): Promise<void>;
}

/** What a protocol brings to be tested. */
export interface ProtocolHarness {
  /** Starts `root` with these options, so that the protocol is spoken, and a caller of it. */
  open(root: ModuleClass, options: ApplicationOptions): Promise<ProtocolPeers>;
  /** What it cannot do, and why, in a few words. Default: nothing. */
  readonly lacks?: Partial<Readonly<Record<ProtocolAbility, string>>>;
  /**
   * What messages are at the caller: `values`, with `Date`, `bigint` and `Uint8Array`; or `json`, where these are texts. Default
   * `values`.
   */
  readonly messages?: 'values' | 'json';
  /**
   * The SPIFFE id of the certificate that the caller shows, and that the server verifies. Default: none, since there is no TLS.
   */
  readonly identity?: string;
  /** It finds nodes by the registry, so that one that leaves is no longer there instead of refusing. Default `false`. */
  readonly discovers?: boolean;
}
