import type { EndpointRecord } from '@skerry/core';
import { compactJson } from '../terminal/json-text.js';
import { exampleOf } from './example.js';

/** What to type to call a handler, with a message that it most likely accepts. */
export function callLine(service: string, { name, kind, request }: EndpointRecord): string {
  const line = `skerry call ${service}.${name}`;
  const message = quoted(compactJson(request ? exampleOf(request) : {}));
  if (kind === 'client-stream' || kind === 'bidirectional') {
    // The echo of some shells takes a backslash for its own.
    return `${message.includes('\\') ? "printf '%s\\n'" : 'echo'} ${message} | ${line} -`;
  }
  return request ? `${line} ${message}` : line;
}

/** For a POSIX shell: between single quotes nothing has a meaning but the quote itself. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
