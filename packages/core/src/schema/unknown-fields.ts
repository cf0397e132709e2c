import type { FieldType } from './field-type.js';
import type { MessageClass } from './message-class.js';
import type { WrongFields } from './wrong-fields.js';

// A message quotes the names that a stranger chose.
const longestName = 100;
// More than are ever reported.
const mostNames = 101;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Whether a message brings fields that its class does not declare. Classes without any rule take every field.
 *
 * @param of What the field that holds the message says of it, for the name by which its class was chosen.
 */
export function bringsUnknown(message: MessageClass, source: Fields, of?: FieldType): boolean {
  if (message.open) return false;
  for (const name in source) if (isUnknown(message, source, name, of)) return true;
  return false;
}

function isUnknown({ declared }: MessageClass, source: Fields, name: string, of?: FieldType): boolean {
  if (declared.has(name) || !Object.hasOwn(source, name) || source[name] === undefined) return false;
  return !of?.discriminator || of.discriminator.kept || of.discriminator.property !== name;
}

/** The fields that messages brought and their classes do not declare, of the instances that were made of them. */
export class UnknownFields {
  private readonly names = new WeakMap<object, readonly string[]>();

  note(instance: object, message: MessageClass, source: Fields, of?: FieldType): void {
    if (message.open) return;
    const names: string[] = [];
    for (const name in source) {
      if (isUnknown(message, source, name, of) && names.push(name) === mostNames) break;
    }
    if (names.length > 0) this.names.set(instance, names);
  }

  /** Says of each what class-validator says with `forbidNonWhitelisted`. */
  report(instance: object, wrong: WrongFields): void {
    for (const name of this.names.get(instance) ?? []) {
      if (wrong.full) return;
      const shown = name.length > longestName ? `${name.slice(0, longestName)}...` : name;
      wrong.add(shown, `property ${shown} should not exist`);
    }
  }
}
