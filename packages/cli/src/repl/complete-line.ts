import type { EndpointRecord } from '@skerry/core';
import { propertiesOf, wholeSchema, type Subschema } from '../schema/subschema.js';
import { completeJson, nothingMore, valuesOf, type Completed } from './json-completion.js';
import { keysOf, stepsOf } from './last-result.js';

/** What a session knows of its surroundings. */
export interface Knowledge {
  /** `.help`, `.services`. */
  readonly commands: readonly string[];
  /** The handlers of each service. */
  readonly services: ReadonlyMap<string, readonly EndpointRecord[]>;
  /** The last result; absent where there is none. */
  readonly last?: { readonly value: unknown } | undefined;
}

/** What may stand at the end of a line that has only just been begun. Never throws. */
export function completeLine(line: string, { commands, services, last }: Knowledge): Completed {
  const reference = last && /(?<![^\s=:,[{])_(?:\.[\w$-]+|\[\d+\])*(?:\.[\w$-]*|\[\d*)$/.exec(line)?.[0];
  if (reference !== undefined) return completeReference(reference, last!.value);
  const [, first = '', blank = '', rest = ''] = /^\s*(\S*)(\s*)(.*)$/s.exec(line) ?? [];
  if (blank === '') {
    const names = [...services].flatMap(([service, handlers]) => handlers.map(({ name }) => `${service}.${name}`));
    return matching(first.startsWith('.') ? commands : [...names.sort(), ...(first === '' ? commands : [])], first);
  }
  if (first.startsWith('.')) return first === '.describe' ? matching([...services.keys()].sort(), rest) : nothingMore;
  const dot = first.lastIndexOf('.');
  const handler = services.get(first.slice(0, Math.max(0, dot)))?.find(({ name }) => name === first.slice(dot + 1));
  if (!handler?.request) return nothingMore;
  const schema = wholeSchema(handler.request);
  return rest.startsWith('{') || rest.startsWith('[') ? completeJson(rest, schema) : completePairs(rest, schema);
}

/** `_.or` and `_.orders[`: what a part of the last result has. */
function completeReference(written: string, last: unknown): Completed {
  const end = Math.max(written.lastIndexOf('.'), written.lastIndexOf('['));
  const base = written.slice(0, end);
  let of = last;
  for (const step of stepsOf(base)) of = keysOf(of).includes(step) ? (of as Record<string, unknown>)[step] : undefined;
  const names = keysOf(of).filter((name) => /^[\w$-]+$/.test(name));
  return matching(
    names.map((name) => (Array.isArray(of) ? `${base}[${name}]` : `${base}.${name}`)),
    written,
  );
}

function completePairs(rest: string, schema: Subschema): Completed {
  // Where a value with blanks begins, nobody is helped by guessing.
  if (/["'{[]/.test(rest)) return nothingMore;
  const words = rest.split(/\s+/);
  const current = words.at(-1) ?? '';
  const sign = current.indexOf('=');
  if (sign < 0) {
    const given = new Set(words.slice(0, -1).map((word) => word.split('=')[0]));
    const names = paths(schema).filter((path) => !given.has(path));
    return matching([...names.map((path) => `${path}=`), ...(rest === '' ? ['{'] : [])], current);
  }
  let value: Subschema | undefined = schema;
  for (const name of current.slice(0, sign).split('.')) {
    value = value && propertiesOf(value).find((each) => each.name === name)?.value;
  }
  if (!value) return nothingMore;
  const texts = valuesOf(value).filter((each) => !['{', '[', '"'].includes(each));
  return matching(
    texts.map((each) => `${current.slice(0, sign + 1)}${/^"[^"\\\s]+"$/.test(each) ? each.slice(1, -1) : each}`),
    current,
  );
}

// Deeper ones are better written as JSON.
const deepest = 3;

function paths(of: Subschema, prefix = '', depth = 0): string[] {
  return propertiesOf(of).flatMap(({ name, value }) => {
    const inside = depth < deepest ? paths(value, `${prefix}${name}.`, depth + 1) : [];
    return inside.length > 0 ? inside : [`${prefix}${name}`];
  });
}

function matching(candidates: readonly string[], partial: string): Completed {
  return { candidates: candidates.filter((each) => each.startsWith(partial)), partial };
}
