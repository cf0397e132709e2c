/**
 * The class of an outcome, the same over every protocol: the canonical status names of gRPC (google/rpc/code.proto),
 * spelled out instead of numbered. A caller decides by status, a log reader by code.
 */
export const statuses = [
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const;

export type Status = (typeof statuses)[number];

const known: ReadonlySet<string> = new Set(statuses);

export function isStatus(value: unknown): value is Status {
  return typeof value === 'string' && known.has(value);
}
