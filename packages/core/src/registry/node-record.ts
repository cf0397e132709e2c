import type { JsonSchema } from '../schema/json-schema.js';

/** One running instance of one version of one service. Plain data: it crosses processes and languages. */
export interface NodeRecord {
  readonly service: string;
  /** Unique per start of a process, `<service>-<random>`: a restarted process is a new node. */
  readonly id: string;
  /** A semantic version. */
  readonly version: string;
  /** Where to reach it, by protocol, as URLs whose scheme names the transport: `{ skerry: 'tcp://10.0.0.7:4101' }`. */
  readonly addresses: Readonly<Record<string, string>>;
  readonly zone?: string;
  /** Share of traffic relative to its siblings, 1 to 100. */
  readonly weight: number;
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * What can be called, sorted by name. Empty where nobody knows, as in a record that was written by hand: then every
   * handler is assumed to be there, unary and not idempotent.
   */
  readonly endpoints: readonly EndpointRecord[];
  /** Of {@link endpoints}: nodes with the same one can be called in the same way. Absent in records written by hand. */
  readonly schemaHash?: string;
  /** The names of the codecs that its messages may be in, the preferred one first. Absent where that is `json` alone. */
  readonly codecs?: readonly string[];
  /** How long the record lives without being refreshed, in ms. Readers enforce it too. */
  readonly ttlMs: number;
  /** Grows with every registration of this node; of two records with one id the higher epoch is true. */
  readonly epoch: number;
}

/** One handler of a service, as its callers need to know it. */
export interface EndpointRecord {
  /** The handler's own name, without the service: `hello`. */
  readonly name: string;
  readonly kind: EndpointKind;
  /** What it does, for people; absent when the handler does not say. */
  readonly description?: string;
  /** Running it twice has the effect of running it once: it may be sent again. */
  readonly idempotent: boolean;
  /** It changes nothing; implies {@link idempotent}. */
  readonly readOnly: boolean;
  /** JSON Schema (2020-12) of one request; absent when the handler takes none or declares none. */
  readonly request?: JsonSchema;
  /** JSON Schema of one reply or item; absent when the handler declares none. */
  readonly reply?: JsonSchema;
}

/** Who sends many: nobody, the server, the client, both. */
export type EndpointKind = 'unary' | 'server-stream' | 'client-stream' | 'bidirectional';
