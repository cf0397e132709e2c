import type { JsonSchema } from '@skerry/core';
import { propertiesOf, typesOf, wholeSchema, type Subschema } from '../schema/subschema.js';
import { UsageError } from '../usage-error.js';
import { meansLast, type LastResult } from './last-result.js';

/** A line of a session, as it was understood. */
export type ReplLine =
  | { readonly kind: 'nothing' }
  /** `.describe greeter` */
  | { readonly kind: 'command'; readonly name: string; readonly argument: string }
  /** `_`, `_.message`: the last result, or a part of it. */
  | { readonly kind: 'last'; readonly written: string }
  /** `greeter.hello {"name":"Ada"}`; the text of the message is empty where there is none. */
  | { readonly kind: 'call'; readonly target: string; readonly text: string };

export function parseLine(line: string): ReplLine {
  const [, first = '', rest = ''] = /^\s*(\S*)\s*(.*?)\s*$/s.exec(line) ?? [];
  if (first === '' || first.startsWith('#')) return { kind: 'nothing' };
  if (first.startsWith('.')) return { kind: 'command', name: first, argument: rest };
  if (rest === '' && meansLast(first)) return { kind: 'last', written: first };
  return { kind: 'call', target: first, text: rest };
}

/**
 * Reads a message: JSON, or fields as `name=Ada address.city=London tags=["a"]`. Wherever a value stands, `_` and `_.orders[0]` are the last
 * result and a part of it; in quotes they are text. Gives `undefined` for an empty text. Throws a `UsageError` for what is neither.
 *
 * @param schema Of the message: what it calls a string is one, whatever it looks like.
 */
export function readMessage(text: string, schema: JsonSchema | undefined, last: LastResult): unknown {
  if (text === '') return undefined;
  if (!/^[\w$][\w$.-]*=/.test(text)) return parsedJson(text, last);
  const fields: Fields = new Map();
  for (const { path, value } of pairsOf(text)) put(fields, path, valueOf(value, at(schema, path), last));
  return asObject(fields);
}

interface Pair {
  readonly path: readonly string[];
  readonly value: string;
}

type Fields = Map<string, unknown>;

function pairsOf(text: string): Pair[] {
  const pairs: Pair[] = [];
  const key = /\s*([\w$][\w$.-]*)=/y;
  let from = 0;
  while (from < text.length) {
    key.lastIndex = from;
    const [whole, path] = key.exec(text) ?? [];
    if (whole === undefined) {
      const wrong = text.slice(from).trim().split(/\s/)[0];
      throw new UsageError(`'${wrong}' is no field of a message.`, 'write name=value, or the whole message as JSON');
    }
    const begin = from + whole.length;
    from = begin + valueLength(text.slice(begin));
    pairs.push({ path: path!.split('.'), value: text.slice(begin, from) });
  }
  return pairs;
}

/** Up to the next blank that is not inside of quotes, braces or brackets. */
function valueLength(text: string): number {
  let depth = 0;
  let quote = '';
  for (let index = 0; index < text.length; index++) {
    const char = text[index]!;
    if (quote !== '') {
      if (char === '\\' && quote === '"') index++;
      else if (char === quote) quote = '';
    } else if (char === '"' || (char === "'" && depth === 0)) quote = char;
    else if ('{['.includes(char)) depth++;
    else if ('}]'.includes(char)) depth--;
    else if (/\s/.test(char) && depth <= 0) return index;
  }
  if (quote !== '' || depth > 0) throw new UsageError(`'${text}' does not end.`, `close its quotes, or its braces`);
  return text.length;
}

function valueOf(text: string, schema: Subschema | undefined, last: LastResult): unknown {
  if (/^'.*'$/s.test(text)) return text.slice(1, -1);
  if (/^["{[]/.test(text)) return parsedJson(text, last);
  if (meansLast(text)) return last.part(text);
  const types = schema ? typesOf(schema) : [];
  if (types.length > 0 && types.every((type) => type === 'string')) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function at(schema: JsonSchema | undefined, path: readonly string[]): Subschema | undefined {
  let found = schema ? wholeSchema(schema) : undefined;
  for (const name of path) found = found && propertiesOf(found).find((each) => each.name === name)?.value;
  return found;
}

function put(fields: Fields, [name = '', ...below]: readonly string[], value: unknown): void {
  if (below.length === 0) {
    fields.set(name, value);
    return;
  }
  const inside = fields.get(name);
  const inner: Fields = inside instanceof Map ? (inside as Fields) : new Map<string, unknown>();
  fields.set(name, inner);
  put(inner, below, value);
}

function asObject(fields: Fields): object {
  return Object.fromEntries(
    [...fields].map(([name, value]) => [name, value instanceof Map ? asObject(value as Fields) : value]),
  );
}

/** What stands for the last result in JSON: no other JSON has it. */
const reference = /"(?:[^"\\]|\\.)*"|(?<![\w$])_(?:\.[\w$-]+|\[\d+\])*(?![\w$])/g;

function parsedJson(text: string, last: LastResult): unknown {
  // Not as JSON, which has no form for each value that a reply may have.
  const parts = new Map<string, unknown>();
  const plain = text.replace(reference, (found) => {
    if (found.startsWith('"')) return found;
    const key = `\u0000${parts.size}`;
    parts.set(key, last.part(found));
    return JSON.stringify(key);
  });
  try {
    return JSON.parse(plain, (_name, value: unknown) =>
      typeof value === 'string' && parts.has(value) ? (parts.get(value) ?? null) : value,
    ) as unknown;
  } catch (error) {
    throw new UsageError(
      `the message is not JSON: ${(error as Error).message}.`,
      'write it as {"name":"Ada"}, or its fields as name=Ada',
    );
  }
}
