import type { Constructor } from './decorations.js';
import { fits } from './fits.js';
import type { Field, MessageClass } from './message-class.js';
import { isCollection, type Rule } from './rule.js';
import { anything, integer, list, number, range, type Kind, type Shortcut, type Test } from './rule-shortcuts.js';

/** A class as {@link FastPass} reads and judges it: compiled from its description, once. */
export interface FastClass {
  readonly message: MessageClass;
  readonly type: Constructor;
  readonly fields: readonly FastField[];
  /** Those that cannot be judged before the instance is complete. */
  readonly late: readonly FastField[];
  /** Of some field only the rules themselves can tell. */
  readonly undecided: boolean;
}

export interface FastField {
  readonly field: Field;
  readonly name: string;
  readonly key: string | undefined;
  /** Is often absent; or named as something that every object inherits. */
  readonly asked: boolean;
  /** Is read as `@Type` and `@Transform` say. */
  readonly converted: boolean;
  readonly nested: boolean;
  /** Takes null and undefined, whatever the rules say. */
  readonly optional: boolean;
  /** What is enough for any other value; `undefined` where only the rules themselves can tell. */
  readonly fit: Shortcut | undefined;
  /** For what depends on other fields. Takes the place of {@link fit}. */
  readonly late: ((object: object, value: unknown) => boolean) | undefined;
}

export function fastClass(message: MessageClass): FastClass {
  const fields = message.fields.map((field) => fastField(field, message.plain));
  return {
    message,
    type: message.type,
    fields,
    late: fields.filter(({ late }) => late !== undefined),
    undecided: fields.some(({ fit }) => fit === undefined),
  };
}

function fastField(field: Field, plain: boolean): FastField {
  const fit = fitOf(field, plain);
  return {
    field,
    name: field.name,
    key: field.key,
    asked: field.optional || (field.key !== undefined && field.key in Object.prototype),
    converted: field.type !== undefined || field.transforms.length > 0,
    nested: field.nested !== undefined,
    optional: field.optional,
    fit,
    late: fit && lateOf(field, fit, plain),
  };
}

/** All that the field's rules have in common, of those that hold whatever the other fields are. */
function fitOf(field: Field, plain: boolean): Shortcut | undefined {
  const { rules, nested, type, transforms } = field;
  // What a transform or a setter makes of nested objects was not there to be judged when these were read.
  if (nested && (!type || transforms.length > 0 || !plain)) return undefined;
  if (!rules.every(({ shortcut }) => shortcut)) return undefined;
  let fit: Shortcut | undefined = shapeOf(field);
  for (const { metadata, shortcut } of rules) {
    if (metadata.validateIf || !fit) continue;
    fit = both(fit, metadata.each ? ofEach(shortcut!) : shortcut!);
  }
  return fit;
}

function lateOf({ conditions, optional, rules }: Field, fit: Shortcut, plain: boolean): FastField['late'] {
  const conditional = rules.filter(({ metadata }) => metadata.validateIf);
  // @IsOptional is a condition, too, and asks for nothing but the value.
  if (plain && conditions.length === (optional ? 1 : 0) && conditional.length === 0) return undefined;
  return (object, value) => {
    for (const condition of conditions) if (!condition(object, value)) return true;
    return fits(fit, value) && conditional.every((rule) => holds(rule, object, value));
  };
}

function holds({ metadata, shortcut }: Rule, object: object, value: unknown): boolean {
  return !metadata.validateIf!(object, value) || fits(metadata.each ? ofEach(shortcut!) : shortcut!, value);
}

/** What the class says of the value besides its rules: that it is a list, or none; not too long to be looked at. */
function shapeOf({ shape, maxItems }: Field): Shortcut {
  if (shape === 'list') return range(list, 0, maxItems, '');
  if (shape === 'single') return range(anything, 0, 0, '', (value) => !isCollection(value));
  const bounded: Test = (value) => !Array.isArray(value) || value.length <= maxItems;
  return range(anything, 0, 0, '', maxItems < Infinity ? bounded : undefined);
}

function ofEach(element: Shortcut): Shortcut {
  return range(anything, 0, 0, '', (value) => {
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) if (!fits(element, value[i])) return false;
      return true;
    }
    if (!isCollection(value)) return fits(element, value);
    for (const each of value.values()) if (!fits(element, each)) return false;
    return true;
  });
}

/** A shortcut for two rules; `undefined` when no value fits both. */
function both(a: Shortcut, b: Shortcut): Shortcut | undefined {
  const kind = commonKind(a.kind, b.kind);
  if (kind === undefined) return undefined;
  const [first, second] = [a, b].map(({ test }) => test);
  const test: Test | undefined = first && second ? (value) => first(value) && second(value) : (first ?? second);
  if (a.kind === anything) return range(kind, b.low, b.high, '', test);
  if (b.kind === anything) return range(kind, a.low, a.high, '', test);
  return range(kind, Math.max(a.low, b.low), Math.min(a.high, b.high), '', test);
}

function commonKind(a: Kind, b: Kind): Kind | undefined {
  if (a === b || b === anything) return a;
  if (a === anything) return b;
  const numeric = (a === number && b === integer) || (a === integer && b === number);
  return numeric ? integer : undefined;
}
