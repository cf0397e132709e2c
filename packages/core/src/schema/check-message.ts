import type { Constructor } from './decorations.js';
import { isMessageClass, isRecord } from './field-type.js';
import type { Field, MessageClass, MessageClasses } from './message-class.js';
import { explainNested, isCollection, isPromise, type Collection, type Rule } from './rule.js';
import type { UnknownFields } from './unknown-fields.js';
import type { WrongFields } from './wrong-fields.js';

/**
 * Judges an instance as class-validator would, by the code and the sentence of each rule. Stricter where class-validator
 * lets through what the handler does not expect: a list is a list and one object is one object, where the class says which;
 * a rule that forgot to say that it is asynchronous is waited for. And a rule that throws has refused.
 */
export class MessageChecker {
  constructor(
    private readonly classes: MessageClasses,
    private readonly wrong: WrongFields,
    private readonly unknown?: UnknownFields,
  ) {}

  check(message: MessageClass, instance: object): void {
    const { length } = this.wrong.at;
    this.unknown?.report(instance, this.wrong);
    for (const field of message.fields) {
      if (this.wrong.full) return;
      try {
        this.checkField(field, instance);
      } catch (cause) {
        this.wrong.at.length = length;
        this.wrong.add(field.name, `${field.name} could not be checked`, cause);
      }
    }
  }

  private checkField(field: Field, object: object): void {
    const { name, nested } = field;
    const value = (object as Record<string, unknown>)[name];
    for (const condition of field.conditions) if (!condition(object, value)) return;
    const misfit = shapeFault(field, object, value);
    if (misfit) return this.wrong.add(name, misfit);
    for (const rule of field.rules) this.apply(rule, object, value);
    if (nested && value !== undefined) this.checkNested(name, field, object, value);
  }

  private apply(rule: Rule, object: object, value: unknown): void {
    const { propertyName } = rule.metadata;
    const verdict = rule.accepts(object, value);
    if (verdict === true) return;
    if (isPromise(verdict)) this.wrong.addUnless(verdict, propertyName, () => rule.explain(object, value));
    else if (!verdict) this.wrong.add(propertyName, rule.explain(object, value));
  }

  private checkNested(step: string | number, field: Field, object: object, value: unknown): void {
    const { at } = this.wrong;
    if (isCollection(value)) {
      at.push(step);
      this.checkElements(field, object, value);
      at.pop();
      return;
    }
    const type = classOf(value);
    if (!type) return this.wrong.add(step, nestedFault(field, object, value));
    at.push(step);
    this.check(this.classes.of(type), value as object);
    at.pop();
  }

  private checkElements(field: Field, object: object, values: Collection): void {
    const entries: Iterable<[unknown, unknown]> = values instanceof Map ? values : [...values].entries();
    for (const [key, each] of entries) {
      if (this.wrong.full) return;
      this.checkNested(typeof key === 'number' ? key : String(key), field, object, each);
    }
  }
}

/** Why the rules need not be asked; `undefined` when they do. */
function shapeFault({ name, shape, maxItems, rules }: Field, object: object, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (shape === 'list' && !Array.isArray(value)) return `${name} must be an array`;
  if (shape === 'single' && isCollection(value)) return `${name} must be an object`;
  if (!Array.isArray(value) || value.length <= maxItems) return undefined;
  const declared = rules.find(
    ({ name: rule, metadata }) => rule === 'arrayMaxSize' && metadata.constraints[0] === maxItems,
  );
  return declared ? declared.explain(object, value) : `${name} must contain no more than ${maxItems} elements`;
}

/** The class whose rules a nested value has to keep; `undefined` for what was not made from a declared class. */
function classOf(value: unknown): Constructor | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  // Of the prototype: the value itself may be a stranger's, with a `constructor` of its own.
  const { constructor } = (Object.getPrototypeOf(value) ?? {}) as { constructor?: unknown };
  return isMessageClass(constructor) ? constructor : undefined;
}

function nestedFault({ name, type, nested }: Field, object: object, value: unknown): string {
  const { discriminator } = type ?? {};
  if (!discriminator || !isRecord(value)) return explainNested(nested!, object, value);
  return `${name} must have a ${discriminator.property} of ${discriminator.subTypes.map((each) => each.name).join(', ')}`;
}
