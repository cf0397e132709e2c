import { ValidationError } from '../errors/validation-error.js';
import { MessageChecker } from './check-message.js';
import type { Constructor } from './decorations.js';
import { FastPass } from './fast-pass.js';
import { isRecord } from './field-type.js';
import { jsonSchema, type JsonSchema } from './json-schema.js';
import { MessageClasses } from './message-class.js';
import { MessageReader } from './read-message.js';
import { UnknownFields } from './unknown-fields.js';
import { WrongFields } from './wrong-fields.js';

/** One kind of message: what it looks like, and how it gets from a codec to a handler. */
export interface MessageSchema {
  readonly name: string;
  readonly type: Constructor;
  /** For the registry, and everyone who calls without the class. */
  readonly jsonSchema: JsonSchema;

  /**
   * Turns what a codec decoded into an instance that keeps all rules of its class. A promise only where a rule is
   * asynchronous.
   *
   * Throws (or rejects with) a `ValidationError` that lists every wrong field, or the first hundred. Input comes from
   * strangers: more than 100,000 nested objects or 64 levels are refused, as are arrays beyond their `@ArrayMaxSize`.
   *
   * @param value The result may share parts of it.
   * @param what  For the message of the error: `request of greeter.hello`.
   */
  parse(value: unknown, what: string): unknown;
}

export interface MessageSchemaOptions {
  /**
   * The groups of class-validator whose rules count, as in its option of the same name: those of one of these groups, and those
   * that are `always` there. Default: none, and then all rules count, whatever their groups.
   */
  readonly groups?: readonly string[];
  /**
   * What becomes of fields that the class does not declare, at any level: `drop` takes them away, as newer clients send them to
   * older servers; `refuse` makes them wrong, as `forbidNonWhitelisted` does. Default: `drop`. A class without any rule takes
   * every field.
   */
  readonly unknownFields?: 'drop' | 'refuse';
}

/**
 * The schema of a DTO class, from its class-validator and class-transformer decorators; or of a bare `String`, `Number` or
 * `Boolean`; or of `Object`, which is anything at all.
 *
 * Throws `SKERRY_HANDLER_INVALID` for a class whose decorators cannot work.
 */
export function messageSchema(
  type: Constructor,
  { groups, unknownFields = 'drop' }: MessageSchemaOptions = {},
): MessageSchema {
  const bare = bareMessages.get(type);
  if (bare) return bareSchema(type, bare);
  const classes = new MessageClasses(groups);
  const message = classes.of(type);
  const refuse = unknownFields === 'refuse';
  const fast = new FastPass(type, classes, refuse);
  return {
    name: type.name,
    type,
    jsonSchema: jsonSchema(message, classes),
    parse(value, what) {
      if (!isRecord(value)) throw new WrongFields(what).refusal(`must be an object, not ${kindOf(value)}`);
      const made = fast.read(value);
      if (made && fast.right) return made;
      const wrong = new WrongFields(what);
      const unknown = refuse ? new UnknownFields() : undefined;
      const instance = made ?? new MessageReader(classes, wrong, unknown).read(message, value);
      new MessageChecker(classes, wrong, unknown).check(message, instance);
      return wrong.settle(instance);
    },
  };
}

/** A message that is one value rather than an object with fields. */
interface BareMessage {
  readonly jsonSchema: JsonSchema;
  /** For the message of the error. */
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
}

const bareMessages = new Map<unknown, BareMessage>([
  [String, { jsonSchema: { type: 'string' }, expected: 'a string', accepts: (value) => typeof value === 'string' }],
  [Number, { jsonSchema: { type: 'number' }, expected: 'a finite number', accepts: (value) => Number.isFinite(value) }],
  [Boolean, { jsonSchema: { type: 'boolean' }, expected: 'a boolean', accepts: (value) => typeof value === 'boolean' }],
  [Object, { jsonSchema: {}, expected: 'anything', accepts: () => true }],
]);

function bareSchema(type: Constructor, { jsonSchema, expected, accepts }: BareMessage): MessageSchema {
  return {
    name: type.name,
    type,
    jsonSchema,
    parse(value, what) {
      if (accepts(value)) return value;
      throw new ValidationError(what, [{ path: '', messages: [`must be ${expected}, not ${kindOf(value)}`] }]);
    },
  };
}

/** What a value is, without showing it: it may be a secret. */
function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (Array.isArray(value)) return 'an array';
  if (isRecord(value)) return 'an object';
  return typeof value === 'object' ? `a ${Object.prototype.toString.call(value).slice(8, -1)}` : `a ${typeof value}`;
}
