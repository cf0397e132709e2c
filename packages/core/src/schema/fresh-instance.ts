import type { Constructor } from './decorations.js';

/** A new instance, for its initial values; an empty object where the constructor needs more than messages give it. */
export function instanceOf(type: Constructor): Record<string, unknown> {
  try {
    return new type() as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** Whether a message may set the field: methods and getters are the class's own business. Runs none of its code. */
export function isWritable(instance: object, name: string): boolean {
  if (name in Object.prototype) return false;
  for (let each: object | null = instance; each; each = Object.getPrototypeOf(each) as object | null) {
    const found = Object.getOwnPropertyDescriptor(each, name);
    if (found) return found.get || found.set ? found.set !== undefined : typeof found.value !== 'function';
  }
  return true;
}

/** Whether reading or setting the field runs code of its class. Runs none of it. */
export function hasAccessor(instance: object, name: string): boolean {
  for (let each: object | null = instance; each; each = Object.getPrototypeOf(each) as object | null) {
    const found = Object.getOwnPropertyDescriptor(each, name);
    if (found) return found.get !== undefined || found.set !== undefined;
  }
  return false;
}

/** Whether a new instance has a value there. */
export function hasValue(fresh: Record<string, unknown>, name: string): boolean {
  try {
    return fresh[name] !== undefined;
  } catch {
    // A getter that needs what only a message brings.
    return false;
  }
}
