import { part, propertiesOf, typesOf, variantsOf, type Subschema } from '../schema/subschema.js';

/** What may stand at the end of a text in place of its last, unfinished part. */
export interface Completed {
  readonly candidates: readonly string[];
  /** The unfinished part: a candidate begins with it. */
  readonly partial: string;
}

export const nothingMore: Completed = { candidates: [], partial: '' };

interface Level {
  readonly of: Subschema | undefined;
  readonly list: boolean;
  readonly keys: Set<string>;
  /** What comes next. */
  expects: 'key' | 'colon' | 'value' | 'comma';
  key: string;
}

const token = /\s*(?:("(?:[^"\\]|\\.)*")|([{}[\],:])|([^\s{}[\],:"]+))/gy;

/** Completes keys and values of JSON that has only just been begun, as its schema says. Never throws. */
export function completeJson(text: string, schema: Subschema): Completed {
  const levels: Level[] = [];
  let top: Level = { of: schema, list: false, keys: new Set(), expects: 'value', key: '' };
  let end = 0;
  token.lastIndex = 0;
  for (let found = token.exec(text); found; found = token.exec(text)) {
    const [whole, string, sign, bare] = found;
    // What stands at the very end may go on; a string is over with its quotes.
    if (bare !== undefined && token.lastIndex === text.length) break;
    end += whole.length;
    if (sign === '{' || sign === '[') {
      levels.push(top);
      const list = sign === '[';
      top = { of: innerOf(top), list, keys: new Set(), expects: list ? 'value' : 'key', key: '' };
    } else if (sign === '}' || sign === ']') {
      const above = levels.pop();
      if (!above) return nothingMore;
      top = above;
      top.expects = 'comma';
    } else if (sign === ',') top.expects = top.list ? 'value' : 'key';
    else if (sign === ':') top.expects = 'value';
    else if (string !== undefined && top.expects === 'key') {
      top.key = textOf(string);
      top.keys.add(top.key);
      top.expects = 'colon';
    } else top.expects = 'comma';
  }
  const partial = text.slice(end).trimStart();
  return { candidates: candidatesOf(top, levels.length).filter((each) => each.startsWith(partial)), partial };
}

function candidatesOf(level: Level, depth: number): string[] {
  const { expects, of, keys } = level;
  if (expects === 'key') return of ? choices(of).flatMap((each) => keysOf(each, keys)) : [];
  if (expects === 'colon') return [':'];
  if (expects !== 'value') return [];
  const value = depth === 0 ? of : innerOf(level);
  return value ? [...new Set(choices(value).flatMap(valuesOf))] : [];
}

function keysOf(of: Subschema, given: ReadonlySet<string>): string[] {
  return propertiesOf(of)
    .filter(({ name }) => !given.has(name))
    .map(({ name }) => `${JSON.stringify(name)}:`);
}

/** Of a value, as JSON. */
export function valuesOf(of: Subschema): string[] {
  const { schema } = of;
  if ('const' in schema) return [JSON.stringify(schema['const'])];
  if (Array.isArray(schema['enum'])) return schema['enum'].map((value) => JSON.stringify(value));
  const opening: Readonly<Record<string, string[]>> = {
    boolean: ['true', 'false'],
    object: ['{'],
    array: ['['],
    string: ['"'],
  };
  return typesOf(of).flatMap((type) => opening[type] ?? []);
}

/** The schema, or each of those of which one holds. */
function choices(of: Subschema): Subschema[] {
  const variants = variantsOf(of);
  return variants.length > 0 ? variants : [of];
}

/** Of what stands inside: the value of the key, or an element of the list. Before anything is open, that is the whole. */
function innerOf({ of, list, key, keys }: Level): Subschema | undefined {
  if (!of) return undefined;
  if (list) return part(of, of.schema['items']);
  if (keys.size === 0) return of;
  return choices(of)
    .flatMap((each) => propertiesOf(each))
    .find(({ name }) => name === key)?.value;
}

function textOf(json: string): string {
  try {
    return JSON.parse(json) as string;
  } catch {
    return '';
  }
}
