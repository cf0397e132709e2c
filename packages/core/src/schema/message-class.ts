import 'reflect-metadata';
import type { TransformMetadata } from 'class-transformer';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import { SkerryError } from '../errors/skerry-error.js';
import {
  convertedFields,
  recordedConversions,
  recordedRules,
  transformsOf,
  typeOf,
  wireKey,
  type Constructor,
} from './decorations.js';
import { declaredField, declaredFields } from './field.js';
import { fieldType, isMessageClass, type FieldType } from './field-type.js';
import { hasAccessor, hasValue, instanceOf, isWritable } from './fresh-instance.js';
import { Rule } from './rule.js';

/** A DTO class as its decorators describe it: what reading, checking and the JSON Schema work from. Made once, at boot. */
export interface MessageClass {
  readonly type: Constructor;
  /** No field has a rule, in no group: then there is nothing to check, and fields that are not described are taken as they come. */
  readonly open: boolean;
  /** The fields that have rules, in the order of these, and those that have `@Field`; of an open class, all that are known. */
  readonly fields: readonly Field[];
  /** What is set is what is there: no setter, and no function of the message that decides on a type, comes in between. */
  readonly plain: boolean;
  /** The names of {@link fields}, in the class and in messages. */
  readonly declared: ReadonlySet<string>;
}

export interface Field {
  readonly name: string;
  /** Its name in the message, when messages set it. */
  readonly key?: string;
  /** What the compiler recorded: the class, `Array`, `Object` for what it cannot tell. */
  readonly designType: unknown;
  /** What `@Type` says. */
  readonly type?: FieldType;
  /** What `@Transform` says, in the order in which they are applied. */
  readonly transforms: readonly TransformMetadata[];
  /** Has `@IsOptional`. */
  readonly optional: boolean;
  /** Has `@ValidateIf`. */
  readonly conditional: boolean;
  /** What these two ask: the rules only count when all of them hold. */
  readonly conditions: readonly ((object: object, value: unknown) => boolean)[];
  readonly rules: readonly Rule[];
  /** `@ValidateNested`. */
  readonly nested?: ValidationMetadata;
  /** What the class says of the value, where rules look inside: an array, or one object. */
  readonly shape?: 'list' | 'single';
  /** The most elements that are looked at; an array with more is refused for that alone. */
  readonly maxItems: number;
  /** Whether a new instance has a value here. */
  readonly hasDefault: boolean;
}

// Finding duplicates takes quadratic time in class-validator: 20 ms for as many.
const maxUniqueItems = 5_000;

/** The descriptions of the classes that make up one kind of message. */
export class MessageClasses {
  private readonly described = new Map<Constructor, MessageClass>();

  /** @param groups Those of class-validator that count; all rules when there are none. */
  constructor(private readonly groups: readonly string[] = []) {}

  of(type: Constructor): MessageClass {
    let known = this.described.get(type);
    if (!known) this.described.set(type, (known = describe(type, this.groups)));
    return known;
  }
}

function describe(type: Constructor, groups: readonly string[]): MessageClass {
  const recorded = new Map<string, ValidationMetadata[]>();
  for (const rule of rulesIn(groups, type)) {
    const others = recorded.get(rule.propertyName);
    if (others) others.push(rule);
    else recorded.set(rule.propertyName, [rule]);
  }
  const unruled = recorded.size === 0 && rulesIn([], type).length === 0;
  const conversions = recordedConversions();
  const fresh = instanceOf(type);
  const numbered = declaredFields(type.prototype as object);
  const names = unruled
    ? new Set([...Object.keys(fresh), ...convertedFields(conversions, type), ...numbered])
    : // Who numbers a field wants it, whether or not there is a rule for it.
      new Set([...recorded.keys(), ...numbered]);
  const fields = [...names].map((name) => describeField(type, name, recorded.get(name) ?? [], fresh));
  return {
    type,
    open: unruled && conversions.getStrategy(type) !== 'excludeAll',
    fields,
    plain:
      Object.getPrototypeOf(fresh) === type.prototype &&
      fields.every((field) => !hasAccessor(fresh, field.name) && !decidesByMessage(field)),
    declared: new Set(fields.flatMap(({ name, key }) => [name, key ?? name])),
  };
}

function rulesIn(groups: readonly string[], type: Constructor): readonly ValidationMetadata[] {
  return recordedRules()?.getTargetValidationMetadatas(type, '', false, false, [...groups]) ?? [];
}

/** Whether a function of the message says of which class the value is. */
function decidesByMessage({ type }: Field): boolean {
  return type !== undefined && type.known.length === 0;
}

function describeField(
  type: Constructor,
  name: string,
  recorded: readonly ValidationMetadata[],
  fresh: Record<string, unknown>,
): Field {
  const conversions = recordedConversions();
  const converted = typeOf(conversions, type, name);
  const conditions = recorded.filter((rule) => rule.type === 'conditionalValidation');
  const designType: unknown = Reflect.getMetadata('design:type', type.prototype as object, name);
  const field: Field = {
    name,
    key: isWritable(fresh, name) ? wireKey(conversions, type, name) : undefined,
    designType,
    type: (converted && fieldType(converted)) ?? impliedType(type, name, designType),
    transforms: transformsOf(conversions, type, name),
    optional: conditions.some((rule) => rule.name === 'isOptional'),
    conditional: conditions.some((rule) => rule.name !== 'isOptional'),
    conditions: conditions.map((rule) => (rule.constraints as Field['conditions'])[0]!),
    rules: rulesOf(type, recorded),
    nested: recorded.find((rule) => rule.type === 'nestedValidation'),
    shape: shapeOf(designType, recorded),
    maxItems: maxItems(recorded),
    hasDefault: hasValue(fresh, name),
  };
  const { known } = field.type ?? {};
  const typed = known && (known.length === 0 || known.some(isMessageClass));
  if (field.nested && !typed && field.transforms.length === 0) throw nestedWithoutType(type, field);
  return field;
}

/** What the compiler recorded, where that decides: whose bytes, and, of a field with `@Field`, of which class its message is. */
function impliedType(type: Constructor, name: string, designType: unknown): FieldType | undefined {
  const counts = designType === Buffer || (isMessageClass(designType) && declaredField(type.prototype as object, name));
  return counts ? { of: () => designType as Constructor, known: [designType as Constructor] } : undefined;
}

function rulesOf(type: Constructor, recorded: readonly ValidationMetadata[]): Rule[] {
  const rules = recorded.flatMap((rule) => {
    if (rule.type !== 'customValidation' && rule.type !== 'isDefined') return [];
    const constraints = recordedRules()!.getTargetValidatorConstraints(rule.constraintCls);
    if (constraints.length === 0) throw withoutConstraint(type, rule);
    return constraints.map((constraint) => new Rule(rule, constraint, type.name));
  });
  // As class-validator does: whether there is a value comes before what it is.
  return rules.sort((a, b) => Number(b.metadata.type === 'isDefined') - Number(a.metadata.type === 'isDefined'));
}

function shapeOf(designType: unknown, recorded: readonly ValidationMetadata[]): Field['shape'] {
  const nested = recorded.some((rule) => rule.type === 'nestedValidation');
  if (designType === Array && (nested || recorded.some((rule) => rule.each))) return 'list';
  return nested && isMessageClass(designType) ? 'single' : undefined;
}

function maxItems(recorded: readonly ValidationMetadata[]): number {
  const declared = recorded
    .filter((rule) => rule.name === 'arrayMaxSize' && !rule.each && !rule.validateIf)
    .map((rule) => Number(rule.constraints[0]));
  if (declared.length > 0) return Math.min(...declared);
  return recorded.some((rule) => rule.name === 'arrayUnique') ? maxUniqueItems : Infinity;
}

function nestedWithoutType(type: Constructor, { name, designType }: Field): SkerryError {
  const guess = isMessageClass(designType) ? designType.name : 'TheClass';
  return new SkerryError(
    'SKERRY_HANDLER_INVALID',
    `Cannot check ${type.name}.${name}: @ValidateNested() does not say of which class it is; add @Type(() => ${guess}) from ` +
      'class-transformer. If that is there, its class is undefined (files that import each other) or two copies of class-transformer are installed.',
  );
}

function withoutConstraint(type: Constructor, { propertyName, constraintCls }: ValidationMetadata): SkerryError {
  return new SkerryError(
    'SKERRY_HANDLER_INVALID',
    `Cannot check ${type.name}.${propertyName}: @Validate(${constraintCls.name}) would do nothing; decorate ${constraintCls.name} with @ValidatorConstraint().`,
  );
}
