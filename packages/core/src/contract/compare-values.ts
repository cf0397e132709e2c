import type { JsonSchema } from '../schema/json-schema.js';

/** What a change does to the set of values: some are not allowed any more, some are allowed that were not. */
export interface Shift {
  readonly what: string;
  readonly narrowed: boolean;
  readonly widened: boolean;
}

/** The types of a schema that says any, or whose choices do. */
export function typesOf(schema: JsonSchema): readonly string[] | undefined {
  const { type } = schema;
  if (typeof type === 'string') return [type];
  if (Array.isArray(type)) return type as string[];
  const choices = choicesOf(schema);
  return choices && [...new Set(choices.map((value) => (value === null ? 'null' : typeof value)))];
}

export function choicesOf(schema: JsonSchema): readonly unknown[] | undefined {
  if ('const' in schema) return [schema['const']];
  return Array.isArray(schema['enum']) ? (schema['enum'] as unknown[]) : undefined;
}

/** Whether values of a type are among those of `types`. */
export function covers(types: readonly string[] | undefined, type: string): boolean {
  return !types || types.includes(type) || (type === 'integer' && types.includes('number'));
}

/** Of one or two schemas with choices. Formats are not looked into: what has one may refuse a value. */
export function choiceShift(before: JsonSchema, after: JsonSchema): Shift | undefined {
  const [was, is] = [choicesOf(before), choicesOf(after)];
  const gone = was?.filter((value) => !fits(value, after)) ?? [];
  const added = is?.filter((value) => !fits(value, before)) ?? [];
  const narrowed = was ? gone.length > 0 : true;
  const widened = is ? added.length > 0 : true;
  if (!narrowed && !widened) return undefined;
  const what = [
    ...(!was ? [`only ${listed(is!)} allowed now`] : gone.length > 0 ? [`${listed(gone)} no longer allowed`] : []),
    ...(!is ? ['any other value allowed now'] : added.length > 0 && was ? [`${listed(added)} allowed now`] : []),
  ];
  return { what: what.join(', '), narrowed, widened };
}

function fits(value: unknown, schema: JsonSchema): boolean {
  const choices = choicesOf(schema);
  if (choices) return choices.includes(value);
  if (schema['format'] !== undefined || schema['anyOf'] !== undefined) return false;
  if (!covers(typesOf(schema), value === null ? 'null' : Number.isInteger(value) ? 'integer' : typeof value))
    return false;
  if (typeof value === 'string') {
    const { pattern } = schema;
    if (typeof pattern === 'string' && !new RegExp(pattern, 'u').test(value)) return false;
    const length = [...value].length;
    return length >= lowest(schema, 'minLength') && length <= highest(schema, 'maxLength');
  }
  if (typeof value !== 'number') return true;
  const { least, most } = range(schema, false);
  return (
    (value > least.at || (value === least.at && !least.open)) && (value < most.at || (value === most.at && !most.open))
  );
}

const counts = [
  ['minLength', 'maxLength', 'length'],
  ['minItems', 'maxItems', 'number of items'],
  ['minProperties', 'maxProperties', 'number of fields'],
] as const;

/** What became of the bounds of lengths and numbers. */
export function boundShifts(before: JsonSchema, after: JsonSchema): Shift[] {
  const shifts = counts.flatMap(([least, most, what]) => {
    const was = { least: { at: lowest(before, least), open: false }, most: { at: highest(before, most), open: false } };
    const is = { least: { at: lowest(after, least), open: false }, most: { at: highest(after, most), open: false } };
    return rangeShifts(what, was, is);
  });
  const whole = [before, after].every(({ type }) => type === 'integer');
  return [...shifts, ...rangeShifts('value', range(before, whole), range(after, whole))];
}

/** Keywords that can only be compared by being the same. */
export function opaqueShifts(before: JsonSchema, after: JsonSchema): Shift[] {
  return ['pattern', 'format', 'multipleOf', 'uniqueItems', 'anyOf'].flatMap((keyword) => {
    const [was, is] = [before, after].map((each) => JSON.stringify(each[keyword]));
    if (was === is) return [];
    const what =
      was === undefined ? `${keyword} ${is} added` : is === undefined ? `${keyword} ${was} removed` : undefined;
    const changed = what ?? `${keyword} changed from ${was} to ${is}`;
    return [{ what: changed, narrowed: is !== undefined, widened: was !== undefined }];
  });
}

interface Bound {
  readonly at: number;
  /** The bound itself is not allowed. */
  readonly open: boolean;
}

interface Range {
  readonly least: Bound;
  readonly most: Bound;
}

function rangeShifts(what: string, was: Range, is: Range): Shift[] {
  const low = compareBounds(is.least, was.least, 1);
  const high = compareBounds(is.most, was.most, -1);
  return [
    ...(low === 0 ? [] : [shift(`least ${what}`, was.least, is.least, low > 0)]),
    ...(high === 0 ? [] : [shift(`greatest ${what}`, was.most, is.most, high < 0)]),
  ];
}

function shift(what: string, was: Bound, is: Bound, narrowed: boolean): Shift {
  return { what: `${what} changed from ${shown(was)} to ${shown(is)}`, narrowed, widened: !narrowed };
}

/** Above 0 when `a` lies higher. An open bound is beyond a closed one: above it at the low end (`side` 1), below at the high. */
function compareBounds(a: Bound, b: Bound, side: 1 | -1): number {
  if (a.at !== b.at) return a.at > b.at ? 1 : -1;
  return (Number(a.open) - Number(b.open)) * side;
}

function shown({ at, open }: Bound): string {
  if (!Number.isFinite(at)) return 'any';
  return open ? `${at}, itself excluded,` : String(at);
}

/** @param whole Of whole numbers, for which more than 0 is 1 or more. */
function range(schema: JsonSchema, whole: boolean): Range {
  const above: Bound = { at: lowest(schema, 'exclusiveMinimum', -Infinity), open: true };
  const below: Bound = { at: highest(schema, 'exclusiveMaximum'), open: true };
  const from: Bound = { at: lowest(schema, 'minimum', -Infinity), open: false };
  const to: Bound = { at: highest(schema, 'maximum'), open: false };
  // Without either, the closed one: an infinity that is excluded is none.
  const least = above.at > -Infinity && compareBounds(above, from, 1) > 0 ? above : from;
  const most = below.at < Infinity && compareBounds(below, to, -1) < 0 ? below : to;
  if (!whole) return { least, most };
  return {
    least: { at: least.open ? Math.floor(least.at) + 1 : Math.ceil(least.at), open: false },
    most: { at: most.open ? Math.ceil(most.at) - 1 : Math.floor(most.at), open: false },
  };
}

function lowest(schema: JsonSchema, keyword: string, otherwise = 0): number {
  const value = schema[keyword];
  return typeof value === 'number' ? value : otherwise;
}

function highest(schema: JsonSchema, keyword: string): number {
  const value = schema[keyword];
  return typeof value === 'number' ? value : Infinity;
}

function listed(values: readonly unknown[]): string {
  return `${values.map((value) => JSON.stringify(value)).join(', ')} ${values.length === 1 ? 'is' : 'are'}`;
}
