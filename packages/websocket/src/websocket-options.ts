import { SkerryError } from '@skerry/core';

export interface WebSocketOptions {
  /** Where WebSockets are taken on the port of the application. Default `/ws`. */
  readonly path?: string;
  /**
   * Pages of which origins may connect, besides those of the application's own port and those that `http.cors` names; as browsers
   * write them: `https://shop.example`; or `*`, which is every page there is. What is no browser sends no origin, and is not
   * asked for one. Default: none.
   */
  readonly origins?: readonly string[];
  /** Whether JSON-RPC is spoken with those that do not ask for the native protocol. Default `true`. */
  readonly jsonRpc?: boolean;
  /** How long a call by JSON-RPC may take, in ms. Default 5,000. */
  readonly timeoutMs?: number;
  /** Texts of one JSON-RPC connection, each a call or a batch, that are worked on at once; the next one is read when one of them is answered. Default 100. */
  readonly maxCalls?: number;
  /** Calls that one JSON-RPC batch may hold. Default 100. */
  readonly maxBatch?: number;
  /** Silence after which a JSON-RPC peer is asked for a sign of life, in ms; it has 10 s to give one. Default 30,000. */
  readonly idleMs?: number;
  /** Largest frame of addresses `ws://` and `wss://` that this application connects to or listens on, in bytes. Default 4 MiB + 64 KiB. */
  readonly maxFrameBytes?: number;
}

export type ResolvedWebSocketOptions = Required<WebSocketOptions>;

const defaults: ResolvedWebSocketOptions = {
  path: '/ws',
  origins: [],
  jsonRpc: true,
  timeoutMs: 5_000,
  maxCalls: 100,
  maxBatch: 100,
  idleMs: 30_000,
  maxFrameBytes: 4 * 1024 * 1024 + 64 * 1024,
};

/** The options with their defaults; throws `SKERRY_OPTION_INVALID` for what cannot work. */
export function resolveWebSocketOptions(options: WebSocketOptions): ResolvedWebSocketOptions {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const resolved = { ...defaults, ...(Object.fromEntries(given) as WebSocketOptions) };
  for (const [name] of given) if (!Object.hasOwn(defaults, name)) throw invalid(`${name} is no option`);
  const { path, origins, jsonRpc, timeoutMs, maxCalls, maxBatch, idleMs, maxFrameBytes } = resolved;
  if (typeof path !== 'string' || !/^\/[^\s?#]*$/.test(path)) {
    throw invalid(`path is ${JSON.stringify(path)}; begin it with a slash, without a query`);
  }
  if (!Array.isArray(origins)) throw invalid('origins is no list; name them, or say [*] for all');
  for (const origin of origins as readonly unknown[]) {
    if (origin === '*' || (typeof origin === 'string' && /^[a-z][a-z0-9+.-]*:\/\/[^/\s]+$/.test(origin))) continue;
    throw invalid(
      `there is the origin '${String(origin)}'; write it as browsers do, without a path: https://shop.example`,
    );
  }
  if (typeof jsonRpc !== 'boolean') throw invalid(`jsonRpc is ${String(jsonRpc)}; give true or false`);
  for (const [name, value] of Object.entries({ timeoutMs, maxCalls, maxBatch, idleMs, maxFrameBytes })) {
    if (Number.isInteger(value) && value > 0 && value < 2 ** 31) continue;
    throw invalid(`${name} is ${String(value)}; give a whole number, more than 0`);
  }
  return resolved;
}

function invalid(message: string): SkerryError {
  return new SkerryError('SKERRY_OPTION_INVALID', `cannot serve WebSockets as it is configured: ${message}`);
}
