import type { ValidationArguments, ValidatorConstraintInterface } from 'class-validator';
import type { ConstraintMetadata } from 'class-validator/types/metadata/ConstraintMetadata.js';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import { fits } from './fits.js';
import type { Shortcut } from './rule-shortcuts.js';
import { trustedShortcut } from './trusted-shortcut.js';

const longestMessage = 500;

/** One decorator of class-validator at one field, with its own code to judge and to explain. */
export class Rule {
  private found?: ValidatorConstraintInterface;
  // null: looked for in vain.
  private trusted?: Shortcut | null;

  constructor(
    readonly metadata: ValidationMetadata,
    private readonly constraint: ConstraintMetadata,
    /** For messages: the class that the field is checked in. */
    private readonly targetName: string,
  ) {}

  /** Whether the value satisfies the rule; a promise where the rule has to ask somebody. */
  accepts(object: object, value: unknown): boolean | PromiseLike<boolean> {
    const { each, validateIf } = this.metadata;
    if (validateIf && !validateIf(object, value)) return true;
    const { shortcut } = this;
    if (shortcut && !each && fits(shortcut, value)) return true;
    const args = ruleArguments(this.metadata, this.targetName, object, value);
    if (!each || !isCollection(value)) return this.validator.validate(value, args);
    return this.acceptsEach(value instanceof Map ? value.values() : (value as Iterable<unknown>), args);
  }

  private acceptsEach(items: Iterable<unknown>, args: ValidationArguments): boolean | PromiseLike<boolean> {
    const asked: Promise<boolean>[] = [];
    for (const item of items) {
      const verdict = this.validator.validate(item, args);
      if (isPromise(verdict)) asked.push(heldPromise(verdict));
      else if (!verdict && asked.length === 0) return false;
      else if (!verdict) asked.push(Promise.resolve(false));
    }
    return asked.length === 0 || Promise.all(asked).then((verdicts) => verdicts.every(Boolean));
  }

  /** Why the value breaks the rule, in one sentence. */
  explain(object: object, value: unknown): string {
    const { message = '' } = this.metadata;
    const args = ruleArguments(this.metadata, this.targetName, object, value);
    const text = message || this.validator.defaultMessage?.(args) || `$property does not satisfy ${this.name}`;
    return fill(text, args);
  }

  /** As class-validator calls it: `isString`, `minLength`. */
  get name(): string {
    return this.metadata.name || this.constraint.name;
  }

  /** What is enough for a value that the rule judges, be it one of `each`; `undefined` where only the rule knows. */
  get shortcut(): Shortcut | undefined {
    if (this.trusted === undefined) this.trusted = trustedShortcut(this.metadata, () => this.validator) ?? null;
    return this.trusted ?? undefined;
  }

  // Late, because an application may have given class-validator a container; and once, because it searches a list.
  private get validator(): ValidatorConstraintInterface {
    return (this.found ??= this.constraint.instance);
  }
}

/** The sentence for a value that `@ValidateNested` finds to be no object. */
export function explainNested(metadata: ValidationMetadata, object: object, value: unknown): string {
  return fill(metadata.message, ruleArguments(metadata, object.constructor.name, object, value));
}

/** What `each` and `@ValidateNested` look into. */
export type Collection = readonly unknown[] | ReadonlySet<unknown> | ReadonlyMap<unknown, unknown>;

export function isCollection(value: unknown): value is Collection {
  return Array.isArray(value) || value instanceof Set || value instanceof Map;
}

/** One whose rejection is no crash when nobody gets to await it, because another element threw. */
function heldPromise(promise: PromiseLike<boolean>): Promise<boolean> {
  const held = Promise.resolve(promise);
  held.catch(() => undefined);
  return held;
}

export function isPromise(value: unknown): value is PromiseLike<boolean> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

function ruleArguments(
  { propertyName: property, constraints }: ValidationMetadata,
  targetName: string,
  object: object,
  value: unknown,
): ValidationArguments {
  return { targetName, property, object, value, constraints };
}

type Text = string | ((args: ValidationArguments) => string);

/** class-validator's placeholders. In one pass: what is filled in may look like a placeholder itself. */
function fill(text: Text, args: ValidationArguments): string {
  const sentence = typeof text === 'function' ? text(args) : text;
  const { property, targetName } = args;
  const value: unknown = args.value;
  const constraints = (args.constraints ?? []) as readonly unknown[];
  const filled = sentence.replace(/\$(?:constraint([1-9]\d*)|value|property|target)/g, (token, number?: string) => {
    if (number !== undefined)
      return Number(number) <= constraints.length ? shown(constraints[Number(number) - 1]) : token;
    if (token === '$property') return property;
    if (token === '$target') return targetName;
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? `${value}` : token;
  });
  // A message may quote the value, which may be megabytes.
  return filled.length > longestMessage ? `${filled.slice(0, longestMessage)}...` : filled;
}

function shown(constraint: unknown): string {
  if (Array.isArray(constraint)) return constraint.join(', ');
  return typeof constraint === 'symbol' ? (constraint.description ?? '') : String(constraint);
}
