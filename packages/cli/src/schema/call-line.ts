import type { EndpointRecord } from '@skerry/core';
import { compactJson } from '../terminal/json-text.js';
import { exampleOf } from './example.js';

/** What to type to call a handler, with a message that it most likely accepts. */
export function callLine(service: string, { name, request }: EndpointRecord): string {
  const line = `skerry call ${service}.${name}`;
  return request ? `${line} ${quoted(compactJson(exampleOf(request)))}` : line;
}

/** For a POSIX shell: between single quotes nothing has a meaning but the quote itself. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
