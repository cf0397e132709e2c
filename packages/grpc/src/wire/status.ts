import { statuses, type Status } from '@skerry/core';

const codes = new Map<string, number>(statuses.map((status, at) => [status, at + 1]));

/** The number of a status: 1 to 16, as google/rpc/code.proto has them. */
export function codeOf(status: Status): number {
  return codes.get(status)!;
}

/** `undefined` for 0, which is no failure. What is no code is `UNKNOWN`. */
export function statusOf(code: number): Status | undefined {
  return code === 0 ? undefined : (statuses[code - 1] ?? 'UNKNOWN');
}

/** What an answer means that is not gRPC's: a proxy's, mostly (http-grpc-status-mapping.md). */
export function statusOfHttp(code: number): Status {
  switch (code) {
    case 400:
      return 'INTERNAL';
    case 401:
      return 'UNAUTHENTICATED';
    case 403:
      return 'PERMISSION_DENIED';
    case 404:
      return 'UNIMPLEMENTED';
    case 429:
    case 502:
    case 503:
    case 504:
      return 'UNAVAILABLE';
    default:
      return 'UNKNOWN';
  }
}

/** As `grpc-message` has it: everything but printable ASCII, and `%`, in percent-encoded UTF-8. */
export function encodeMessage(text: string): string {
  if (/^[ -$&-~]*$/.test(text)) return text;
  let encoded = '';
  for (const byte of Buffer.from(text)) {
    encoded +=
      byte >= 0x20 && byte <= 0x7e && byte !== 0x25
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}

/** What is encoded wrongly is left as it is. */
export function decodeMessage(encoded: string): string {
  if (!encoded.includes('%')) return encoded;
  const bytes: number[] = [];
  for (let at = 0; at < encoded.length; at++) {
    const pair = encoded[at] === '%' ? /^[0-9a-fA-F]{2}/.exec(encoded.slice(at + 1, at + 3))?.[0] : undefined;
    if (pair === undefined) bytes.push(...Buffer.from(encoded[at]!));
    else {
      bytes.push(parseInt(pair, 16));
      at += 2;
    }
  }
  return Buffer.from(bytes).toString();
}
