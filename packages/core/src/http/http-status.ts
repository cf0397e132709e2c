import type { Status } from '../errors/status.js';
import type { WireError } from '../errors/wire.js';

/** As google/rpc/code.proto maps them, which gateways of gRPC do too. */
const ofStatus: Readonly<Record<Status, number>> = {
  CANCELLED: 499,
  UNKNOWN: 500,
  INVALID_ARGUMENT: 400,
  DEADLINE_EXCEEDED: 504,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  PERMISSION_DENIED: 403,
  RESOURCE_EXHAUSTED: 429,
  FAILED_PRECONDITION: 400,
  ABORTED: 409,
  OUT_OF_RANGE: 400,
  UNIMPLEMENTED: 501,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DATA_LOSS: 500,
  UNAUTHENTICATED: 401,
};

/** Where HTTP has a better word for what happened. */
const ofCode: ReadonlyMap<string, number> = new Map([
  ['SKERRY_RPC_UNKNOWN_ENDPOINT', 404],
  ['SKERRY_RPC_WRONG_KIND', 400],
  ['SKERRY_CODEC_UNKNOWN', 415],
  ['SKERRY_TRANSPORT_FRAME_TOO_LARGE', 413],
  ['SKERRY_HTTP_METHOD_NOT_ALLOWED', 405],
  ['SKERRY_HTTP_NOT_ACCEPTABLE', 406],
]);

export function httpStatus({ code, status }: WireError): number {
  return ofCode.get(code) ?? ofStatus[status];
}
