import { jsonRpcError } from '../codec/json-rpc.js';
import type { WireError } from '../errors/wire.js';

/** `error` of a response: the standard's code and words where it has some, and all that is known in `data`. */
export interface JsonRpcErrorObject {
  readonly code: number;
  readonly message: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Of errors that are none of the protocol's own (section 5.1 leaves -32000 to -32099 to implementations). */
const applicationError = -32_000;

const standard: Readonly<Record<number, string>> = {
  [jsonRpcError.parseError]: 'Parse error',
  [jsonRpcError.invalidRequest]: 'Invalid Request',
  [jsonRpcError.methodNotFound]: 'Method not found',
  [jsonRpcError.invalidParams]: 'Invalid params',
  [jsonRpcError.internalError]: 'Internal error',
};

const ofCode: ReadonlyMap<string, number> = new Map([
  ['SKERRY_RPC_UNKNOWN_ENDPOINT', jsonRpcError.methodNotFound],
  ['SKERRY_VALIDATION_FAILED', jsonRpcError.invalidParams],
  ['SKERRY_CODEC_DECODE_FAILED', jsonRpcError.invalidParams],
  ['SKERRY_RPC_INTERNAL', jsonRpcError.internalError],
]);

/** @param detail What is wrong, in a sentence. */
export function protocolError(code: number, detail: string): JsonRpcErrorObject {
  return { code, message: standard[code]!, data: { detail } };
}

export function jsonRpcErrorOf(error: WireError): JsonRpcErrorObject {
  const { code, status, message, retryable, origin, traceId } = error;
  const { fields, ...details } = error.details ?? {};
  const number = ofCode.get(code) ?? applicationError;
  const data = {
    ...{ code, status, retryable },
    ...(standard[number] ? { detail: message } : {}),
    ...(fields === undefined ? {} : { fields }),
    ...(Object.keys(details).length > 0 ? { details } : {}),
    ...(origin ? { origin } : {}),
    ...(traceId ? { traceId } : {}),
  };
  return { code: number, message: standard[number] ?? message, data };
}
