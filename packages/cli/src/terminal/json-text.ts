import type { Colours } from './colours.js';
import { printable } from './printable.js';

/**
 * JSON in one line, safe to show: control characters are escaped, also those that JSON does not ask for. What JSON has not is text, as
 * messages have it: a `bigint` in decimal, bytes in base64.
 */
export function compactJson(value: unknown): string {
  return printable(JSON.stringify(value ?? null, asText));
}

/** JSON for people: coloured, and indented where it does not fit into one line of `columns` characters. */
export function prettyJson(value: unknown, colours: Colours, columns = 0): string {
  const line = compactJson(value);
  return coloured(line.length <= columns ? line : printable(JSON.stringify(value ?? null, asText, 2)), colours);
}

function asText(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}

// More than anyone reads, and less than what makes the pattern below run out of stack.
const longestColoured = 100_000;

const tokens = /("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/g;

function coloured(json: string, { blue, cyan, green, isColorSupported, yellow }: Colours): string {
  if (!isColorSupported || json.length > longestColoured) return json;
  return json.replace(tokens, (token, text: string | undefined, colon: string | undefined) => {
    if (text === undefined) return /^[tfn]/.test(token) ? cyan(token) : yellow(token);
    return colon === undefined ? green(text) : blue(text) + colon;
  });
}
