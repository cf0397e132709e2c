/** What kind of value a {@link Shortcut} is for. */
export const anything = 0;
export const text = 1;
export const number = 2;
export const integer = 3;
export const truth = 4;
export const list = 5;
export type Kind = typeof anything | typeof text | typeof number | typeof integer | typeof truth | typeof list;

export type Test = (value: unknown) => boolean;

/**
 * What is enough for a value to satisfy a rule: a value that fits surely does, of any other the rule itself has to judge. So
 * a shortcut only knows the values that messages bring every day, and never has to know why one is wrong.
 */
export interface Shortcut {
  readonly kind: Kind;
  /** Of a number, of a text's length in UTF-16 units, of a list's length; inclusive. */
  readonly low: number;
  readonly high: number;
  /** Asked when the others hold. */
  readonly test?: Test;
  /** What class-validator says of a value that breaks the rule. It tells its own rules from others of the same name. */
  readonly sentence: string;
}

/** The shortcuts of class-validator's rules, by the names they have there, from their arguments. */
export function shortcutOf(name: string, constraints: readonly unknown[]): Shortcut | undefined {
  return Object.hasOwn(table, name) ? table[name]!(...constraints) : undefined;
}

type Row = (...constraints: readonly unknown[]) => Shortcut | undefined;

const { MAX_VALUE } = Number;

const when = (test: Test, sentence: string) => range(anything, 0, 0, sentence, test);
const pattern = (test: RegExp, high: number, sentence: string) =>
  range(text, 0, high, sentence, (value) => test.test(value as string));

/** All have the same properties in the same order: what reads them on every message then knows where to find them. */
export function range(kind: Kind, low: number, high: number, sentence: string, test?: Test): Shortcut {
  return { kind, low, high, test, sentence };
}

// The arguments are looked at for each value: an application may fill the list of @IsIn later.
const table: Readonly<Record<string, Row>> = {
  isDefined: () => when((value) => value != null, '$property should not be null or undefined'),
  isEmpty: () => when((value) => value === '' || value == null, '$property must be empty'),
  isNotEmpty: () => when((value) => value !== '' && value != null, '$property should not be empty'),
  equals: (other) => when((value) => value === other, '$property must be equal to $constraint1'),
  notEquals: (other) => when((value) => value !== other, '$property should not be equal to $constraint1'),
  isIn: (values) =>
    when((value) => among(values, value), '$property must be one of the following values: $constraint1'),
  isNotIn: (values) =>
    when(
      (value) => Array.isArray(values) && !values.includes(value),
      '$property should not be one of the following values: $constraint1',
    ),
  isEnum: (entity) =>
    when((value) => isMember(entity, value), '$property must be one of the following values: $constraint2'),

  isBoolean: () => range(truth, 0, 0, '$property must be a boolean value'),
  isString: () => range(text, 0, Infinity, '$property must be a string'),
  isInt: () => range(integer, -MAX_VALUE, MAX_VALUE, '$property must be an integer number'),
  isNumber: (options) => {
    const sentence = '$property must be a number conforming to the specified constraints';
    return range(number, -MAX_VALUE, MAX_VALUE, sentence, limitsDecimals(options) ? Number.isInteger : undefined);
  },
  min: (min) => within(min, Infinity, '$property must not be less than $constraint1'),
  max: (max) => within(-Infinity, max, '$property must not be greater than $constraint1'),
  isPositive: () => range(number, Number.MIN_VALUE, Infinity, '$property must be a positive number'),
  isNegative: () => range(number, -Infinity, -Number.MIN_VALUE, '$property must be a negative number'),
  isDivisibleBy: (by) => {
    if (!Number.isSafeInteger(by) || by === 0) return undefined;
    const { MAX_SAFE_INTEGER: most } = Number;
    const divides: Test = (value) => (value as number) % (by as number) === 0;
    return range(integer, -most, most, '$property must be divisible by $constraint1', divides);
  },

  isLength: (min, max) =>
    length(
      min,
      max,
      min == null
        ? '$property must be longer than or equal to $constraint1 and shorter than or equal to $constraint2 characters'
        : '$property must be longer than or equal to $constraint1 characters',
    ),
  minLength: (min) => length(min, undefined, '$property must be longer than or equal to $constraint1 characters'),
  maxLength: (max) => length(0, max, '$property must be shorter than or equal to $constraint1 characters'),
  contains: (seed) => holding(seed, true, '$property must contain a $constraint1 string'),
  notContains: (seed) => holding(seed, false, '$property should not contain a $constraint1 string'),
  matches: (regExp) =>
    isStateless(regExp) ? pattern(regExp, Infinity, '$property must match $constraint1 regular expression') : undefined,
  // Of 64 characters no part is too long.
  isEmail: (options) => (options === undefined ? pattern(plainEmail, 64, '$property must be an email') : undefined),
  isUuid: (version) => uuid(version),
  isMongoId: () => pattern(/^[\da-fA-F]{24}$/, 24, '$property must be a mongodb id'),
  isDateString: (options) =>
    options === undefined ? pattern(instant, 40, '$property must be a valid ISO 8601 date string') : undefined,
  isIso8601: (options) =>
    options === undefined ? pattern(instant, 40, '$property must be a valid ISO 8601 date string') : undefined,

  isDate: () =>
    when((value) => value instanceof Date && !Number.isNaN(value.getTime()), '$property must be a Date instance'),
  isObject: () =>
    when(
      (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
      '$property must be an object',
    ),
  isArray: () => range(list, 0, Infinity, '$property must be an array'),
  arrayNotEmpty: () => sized(1, Infinity, '$property should not be empty'),
  arrayMinSize: (min) => sized(min, Infinity, '$property must contain at least $constraint1 elements'),
  arrayMaxSize: (max) => sized(0, max, '$property must contain no more than $constraint1 elements'),
  // What makes two elements equal is hidden in the rule.
  arrayUnique: () => sized(0, 0, "All $property's elements must be unique"),
};

function among(values: unknown, value: unknown): boolean {
  return Array.isArray(values) && values.indexOf(value) !== -1;
}

function isMember(entity: unknown, value: unknown): boolean {
  const members = entity as Record<string, unknown>;
  for (const name in members) if (members[name] === value && Object.hasOwn(members, name)) return true;
  return false;
}

function limitsDecimals(options: unknown): boolean {
  return (options as { maxDecimalPlaces?: unknown } | undefined)?.maxDecimalPlaces !== undefined;
}

function within(low: unknown, high: unknown, sentence: string): Shortcut | undefined {
  return typeof low === 'number' && typeof high === 'number' ? range(number, low, high, sentence) : undefined;
}

function sized(low: unknown, high: unknown, sentence: string): Shortcut | undefined {
  if (typeof low !== 'number' || typeof high !== 'number') return undefined;
  return range(list, low, high, sentence);
}

/**
 * class-validator counts a surrogate pair, and a character with its variation selector, as one: a text has between a third of
 * its UTF-16 units and all of them.
 */
function length(min: unknown, max: unknown, sentence: string): Shortcut | undefined {
  const least = min ?? 0;
  const most = max === undefined ? Infinity : max;
  if (typeof least !== 'number' || typeof most !== 'number') return undefined;
  const surely = 3 * least - 2;
  const longEnough: Test = (value) => (value as string).length >= surely || isSimple(value as string);
  return range(text, least, most, sentence, least > 1 ? longEnough : undefined);
}

/** Each character is one UTF-16 unit. */
function isSimple(value: string): boolean {
  for (let i = 0; i < value.length; i++) if (value.charCodeAt(i) >= 0xd800) return false;
  return true;
}

function holding(seed: unknown, wanted: boolean, sentence: string): Shortcut | undefined {
  if (typeof seed !== 'string' || seed === '') return undefined;
  return range(text, 0, Infinity, sentence, (value) => (value as string).includes(seed) === wanted);
}

/** One whose `test` is the `match` that the rule does, and remembers nothing. */
function isStateless(value: unknown): value is RegExp {
  return value instanceof RegExp && Object.getPrototypeOf(value) === RegExp.prototype && !value.global && !value.sticky;
}

const plainEmail =
  /^[\w!#$%&'*+\-/=?^`{|}~]+(?:\.[\w!#$%&'*+\-/=?^`{|}~]+)*@(?:[a-zA-Z\d]+(?:-+[a-zA-Z\d]+)*\.)+[a-zA-Z]{2,}$/;
const instant =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d))?$/;

function uuid(version: unknown): Shortcut | undefined {
  const digit = version === undefined || version === 'all' ? '[1-8]' : String(version as string);
  if (!/^(?:[1-8]|\[1-8\])$/.test(digit)) return undefined;
  const shape = new RegExp(
    `^[\\da-fA-F]{8}-[\\da-fA-F]{4}-${digit}[\\da-fA-F]{3}-[89abAB][\\da-fA-F]{3}-[\\da-fA-F]{12}$`,
  );
  return pattern(shape, 36, '$property must be a UUID');
}
