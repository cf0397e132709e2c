import type { Rule } from './rule.js';

/** A part of a JSON Schema. */
export type Keywords = Readonly<Record<string, unknown>>;

const string = (keywords: Keywords = {}): Keywords => ({ type: 'string', ...keywords });
const number = (keywords: Keywords = {}): Keywords => ({ type: 'number', ...keywords });
const array = (keywords: Keywords = {}): Keywords => ({ type: 'array', ...keywords });
const dateTime = string({ format: 'date-time' });
const nothing: Keywords = {};

/** The keywords of each rule of class-validator that has any, by the name it goes by there, from its arguments. */
const table: Readonly<Record<string, (...args: readonly unknown[]) => Keywords>> = {
  isString: () => string(),
  isNumber: () => number(),
  isInt: () => number({ type: 'integer' }),
  isBoolean: () => ({ type: 'boolean' }),
  isArray: () => array(),
  isObject: () => ({ type: 'object' }),
  isNotEmptyObject: () => ({ type: 'object', minProperties: 1 }),
  isDate: () => dateTime,
  minDate: () => dateTime,
  maxDate: () => dateTime,
  isLength: (min, max) => string({ ...limit('minLength', min), ...limit('maxLength', max) }),
  minLength: (min) => string(limit('minLength', min)),
  maxLength: (max) => string(limit('maxLength', max)),
  min: (min) => number(limit('minimum', min)),
  max: (max) => number(limit('maximum', max)),
  isPositive: () => number({ exclusiveMinimum: 0 }),
  isNegative: () => number({ exclusiveMaximum: 0 }),
  isDivisibleBy: () => number(),
  matches: (pattern, flags) => string(patternOf(pattern, flags)),
  isEmail: () => string({ format: 'email' }),
  isUuid: () => string({ format: 'uuid' }),
  isUrl: () => string({ format: 'uri' }),
  isFqdn: () => string({ format: 'hostname' }),
  isDateString: () => dateTime,
  isIso8601: () => dateTime,
  isRfc3339: () => dateTime,
  isIp: (version) =>
    version === undefined
      ? string({ anyOf: [{ format: 'ipv4' }, { format: 'ipv6' }] })
      : string({ format: `ipv${String(version)}` }),
  isEnum: (entity, values) => choice(enumValues(entity, values)),
  isIn: (values) => choice(values),
  isNotEmpty: () => ({ minLength: 1 }),
  equals: (value) => (isPrimitive(value) ? { const: value } : nothing),
  arrayMinSize: (min) => array(limit('minItems', min)),
  arrayMaxSize: (max) => array(limit('maxItems', max)),
  arrayNotEmpty: () => array({ minItems: 1 }),
  arrayUnique: () => array({ uniqueItems: true }),
  arrayContains: () => array(),
  arrayNotContains: () => array(),
  // These say nothing about the type of a value.
  isDefined: () => nothing,
  notEquals: () => nothing,
  isNotIn: () => nothing,
};

// Also the order of the keywords in a schema, so that it is the same however the decorators are ordered.
const combine: Readonly<Record<string, (a: unknown, b: unknown) => unknown>> = {
  type: (a, b) => (a === 'number' && b === 'integer' ? b : a),
  const: first,
  enum: first,
  format: first,
  anyOf: first,
  pattern: first,
  minLength: larger,
  maxLength: smaller,
  minimum: larger,
  exclusiveMinimum: larger,
  maximum: smaller,
  exclusiveMaximum: smaller,
  minItems: larger,
  maxItems: smaller,
  uniqueItems: first,
  minProperties: larger,
};

/**
 * What the rules have in common with JSON Schema; where two cannot be combined, one of them counts.
 *
 * @param declared What the field's type says, for what the rules leave open.
 */
export function keywordsOf(rules: readonly Rule[], declared: Keywords): Keywords {
  const each = rules
    .filter(isKnown)
    .map(({ metadata }) => table[metadata.name!]!(...((metadata.constraints ?? []) as unknown[])));
  const combined: Record<string, unknown> = { type: undefined };
  for (const [keyword, merge] of Object.entries(combine)) {
    const values: unknown[] = each.map((keywords) => keywords[keyword]).filter((value) => value !== undefined);
    if (values.length > 0) combined[keyword] = values.reduce(merge);
  }
  combined['type'] ??= choiceType(combined);
  if (combined['type'] === undefined) Object.assign(combined, declared);
  // @IsNotEmpty is about strings, and does not say so.
  if (combined['type'] !== 'string') delete combined['minLength'];
  return Object.fromEntries(Object.entries(combined).filter(([, value]) => value !== undefined));
}

/** Whether the rule is one of class-validator's whose meaning is known here; any other may accept anything. */
export function isKnown(rule: Rule): boolean {
  // Not the name of a class given to @Validate, which may be anything.
  return Object.hasOwn(table, rule.metadata.name ?? '');
}

/** Whether an absent value breaks the rule. */
export function needsValue(rule: Rule): boolean {
  return !rule.metadata.validateIf && !['isEmpty', 'notEquals', 'isNotIn'].includes(rule.name);
}

function limit(keyword: string, value: unknown): Keywords {
  return typeof value === 'number' && Number.isFinite(value) ? { [keyword]: value } : nothing;
}

/** JSON Schema's patterns have no flags and are read as Unicode: others would mean something else there. */
function patternOf(pattern: unknown, flags: unknown): Keywords {
  const { source, flags: own } =
    pattern instanceof RegExp ? pattern : { source: String(pattern), flags: String(flags ?? '') };
  if (/[^gu]/.test(own)) return nothing;
  try {
    return { pattern: new RegExp(source, 'u').source };
  } catch {
    return nothing;
  }
}

/** What class-validator says are an enum's values are none for a list, which it takes as an enum all the same. */
function enumValues(entity: unknown, values: unknown): unknown {
  return Array.isArray(entity) ? entity : values;
}

function choice(values: unknown): Keywords {
  return Array.isArray(values) ? { enum: [...new Set(values.filter(isPrimitive))] } : nothing;
}

/** The type of values that are all of one. */
function choiceType(keywords: Keywords): string | undefined {
  const values = 'const' in keywords ? [keywords['const']] : (keywords['enum'] as unknown[] | undefined);
  const [type, ...others] = new Set(values?.map((value) => typeof value));
  return others.length === 0 && type !== 'object' ? type : undefined;
}

function isPrimitive(value: unknown): boolean {
  return value === null || ['string', 'boolean'].includes(typeof value) || Number.isFinite(value);
}

function first(a: unknown): unknown {
  return a;
}

function larger(a: unknown, b: unknown): number {
  return Math.max(Number(a), Number(b));
}

function smaller(a: unknown, b: unknown): number {
  return Math.min(Number(a), Number(b));
}
