import { jsonRpcError, type JsonRpcDialect } from '../codec/json-rpc.js';
import type { RpcId } from '../codec/envelope.js';
import { protocolError, type JsonRpcErrorObject } from './json-rpc-error.js';

export interface JsonRpcRequest {
  readonly dialect: JsonRpcDialect;
  /** `undefined` for a notification: nobody is answered. */
  readonly id: RpcId | undefined;
  readonly method: string;
  /** An object or an array; absent where there are none. */
  readonly params: unknown;
}

/** What is no request. Its answer has the id `null`, as the specification asks for (section 5). */
export interface JsonRpcFault {
  readonly dialect: JsonRpcDialect;
  readonly fault: JsonRpcErrorObject;
}

/**
 * Reads one request, of JSON-RPC 2.0, or of 1.0 where it has no member `jsonrpc`: Go's `net/rpc/jsonrpc` and go-micro write
 * those. There an id of `null` is a notification.
 */
export function readRequest(value: unknown): JsonRpcRequest | JsonRpcFault {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return fault('2.0', 'a request is an object');
  const { jsonrpc, id, method, params } = value as Record<string, unknown>;
  if (jsonrpc !== undefined && jsonrpc !== '2.0' && jsonrpc !== '1.0') return fault('2.0', `jsonrpc is not "2.0"`);
  const dialect = jsonrpc === '2.0' || (jsonrpc === undefined && id === undefined) ? '2.0' : '1.0';
  if (typeof method !== 'string') return fault(dialect, 'the method is no text');
  if (id !== undefined && id !== null && typeof id !== 'string' && typeof id !== 'number') {
    return fault(dialect, 'the id is neither text, number nor null');
  }
  const without = params === undefined || (params === null && dialect === '1.0');
  if (!without && (typeof params !== 'object' || params === null))
    return fault(dialect, 'params are neither an object nor an array');
  if (jsonrpc === undefined && id === undefined) return fault(dialect, `jsonrpc is missing: write "2.0"`);
  const answered = dialect === '2.0' ? id !== undefined : id !== undefined && id !== null;
  return { dialect, id: answered ? (id as RpcId) : undefined, method, params: without ? undefined : params };
}

function fault(dialect: JsonRpcDialect, detail: string): JsonRpcFault {
  return { dialect, fault: protocolError(jsonRpcError.invalidRequest, detail) };
}
