import { Delivery } from '../broker/delivery.js';
import type { Class } from '../container/token.js';
import { Context } from '../context/context.js';
import type { DefinitionFault } from './definition.js';
import type { MessageType } from './handler.js';

/** What the compiler writes where it knows no class. */
const lost = new Set<unknown>([undefined, Object, Function, Array, Promise]);

/** What a method says about the class of its message. */
export interface DeclaredMessage {
  readonly method: string;
  /** What the decorator was given. */
  readonly given: MessageType | undefined;
  /** The decorator's option that gives it. */
  readonly option: 'request' | 'message';
}

/** The class of the message that a method takes; `undefined` for one that takes none; or why that cannot be told. */
export function messageType(
  type: Class,
  { method, given, option }: DeclaredMessage,
  arity: number,
): { type: Class } | Omit<DefinitionFault, 'handler'> | undefined {
  if (given) return { type: given as Class };
  const decorator = option === 'request' ? 'Handler(' : "Subscribe('topic', ";
  const types = Reflect.getMetadata('design:paramtypes', type.prototype as object, method) as MessageType[] | undefined;
  if (!types) {
    if (arity === 0) return undefined;
    return {
      message: 'the types of its parameters are lost',
      cause:
        'the compiler did not record them (tsc needs "emitDecoratorMetadata", swc "decoratorMetadata"; esbuild and tsx never do)',
      fix: `turn it on, or name the class: @${decorator}{ ${option}: ${suggestion(method)} })`,
    };
  }
  const [first] = types;
  if (types.length === 0 || first === (Context as unknown) || first === (Delivery as unknown)) return undefined;
  if (types.length > 2)
    return {
      message: `it takes ${types.length} parameters`,
      fix: 'take one message, and the context or the delivery if it is needed',
    };
  if (lost.has(first)) {
    return {
      message: `the type of its message is lost, ${(first as Class | undefined)?.name ?? 'undefined'} was found in its place`,
      cause:
        'the type is an interface, a union, an array, or imported by `import type`, which vanish at run time; a Context has to be imported as a value, too',
      fix: `make it a class, or name one: @${decorator}{ ${option}: ${suggestion(method)} }); @${decorator}{ ${option}: Object }) takes anything, unchecked`,
    };
  }
  return { type: first as Class };
}

export function suggestion(method: string): string {
  return `${method.charAt(0).toUpperCase()}${method.slice(1)}Request`;
}
