/** The first byte of each frame of the native protocol. `docs/protocol.md` is its specification. */
export const frameType = {
  hello: 1,
  define: 2,
  open: 3,
  data: 4,
  error: 5,
  cancel: 6,
  credit: 7,
  goAway: 8,
  ping: 9,
  pong: 10,
} as const;

export const openFlag = { end: 1, trace: 2, metadata: 4, empty: 8 } as const;
export const dataFlag = { end: 1, empty: 2 } as const;
export const errorFlag = { notStarted: 1 } as const;

export const protocolVersion = 1;
export const maxU32 = 2 ** 32 - 1;
/** Endpoints that one connection can name. */
export const maxEndpoints = 4096;
/** Bytes of `service.handler`. */
export const maxNameBytes = 256;
export const maxMetadataEntries = 64;
/** Bytes of all keys and values of one call together. */
export const maxMetadataBytes = 16 * 1024;
/** Bytes of the JSON in HELLO, ERROR and GOAWAY. */
export const maxJsonBytes = 64 * 1024;
/** Credit that a sender may hold at most, so that no sum of grants overflows. */
export const maxCredit = 2 ** 31 - 1;
/**
 * What a message costs beyond its bytes. Without it, a window would let through any number of empty messages; HPACK counts
 * its entries the same way, for the same reason (RFC 7541, 4.1).
 */
export const messageOverhead = 32;

/** What one side of a connection bounds. It announces the first three to its peer. */
export interface RpcLimits {
  /** What a peer may send on one stream beyond what was consumed. Default 256 KiB. */
  readonly windowBytes: number;
  /** Streams that a peer may have open at once. Default 1,024. */
  readonly maxStreams: number;
  /** Largest message, either way; 64 KiB less than the transport's largest frame. Default 4 MiB. */
  readonly maxMessageBytes: number;
  /** How long a peer may take to introduce itself. Default 5 s. */
  readonly helloTimeoutMs: number;
  /** Streams after which a connection is retired. Default 2^32 - 1, which is all there are. */
  readonly streamsPerConnection: number;
}

export const defaultRpcLimits: RpcLimits = {
  windowBytes: 256 * 1024,
  maxStreams: 1_024,
  maxMessageBytes: 4 * 1024 * 1024,
  helloTimeoutMs: 5_000,
  streamsPerConnection: maxU32,
};
