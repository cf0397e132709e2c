import { isBoxedPrimitive } from 'node:util/types';
import type { MessageCopy } from './codec.js';

// The longest that a UTF-16 code unit can become: \uXXXX.
const mostBytesPerUnit = 6;
const mostBytesPerNumber = 25;

/**
 * What JSON makes of a message on its way there and back. `undefined` for what needs the real thing: objects that have a
 * JSON of their own, such as dates, and what has none.
 *
 * @param deepest Levels.
 */
export function copyJson(message: unknown, deepest: number): MessageCopy | undefined {
  const copier = new Copier(deepest);
  const value = copier.copy(message ?? null, 0);
  return copier.exotic ? undefined : { value, mostBytes: copier.bytes };
}

class Copier {
  bytes = 0;
  /** The copy is not what JSON makes of it. */
  exotic = false;

  constructor(private readonly deepest: number) {}

  copy(value: unknown, depth: number): unknown {
    switch (typeof value) {
      case 'string':
        this.bytes += 2 + value.length * mostBytesPerUnit;
        return value;
      case 'number':
        this.bytes += mostBytesPerNumber;
        // JSON knows no NaN, no infinity, and no -0.
        return Number.isFinite(value) ? value + 0 : null;
      case 'boolean':
        this.bytes += 5;
        return value;
      case 'object':
        return this.object(value, depth);
      default:
        // Undefined, functions and symbols are left out by whoever holds them; nothing holds the message itself.
        this.exotic = true;
        return undefined;
    }
  }

  private object(value: object | null, depth: number): unknown {
    this.bytes += 4;
    if (value === null) return null;
    if (depth === this.deepest || typeof (value as { toJSON?: unknown }).toJSON === 'function') {
      this.exotic = true;
      return undefined;
    }
    if (Array.isArray(value)) return this.array(value, depth);
    if (Object.getPrototypeOf(value) !== Object.prototype && isBoxedPrimitive(value)) {
      this.exotic = true;
      return undefined;
    }
    const copy: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      // As the codec does when it decodes.
      if (key === '__proto__' || key === 'constructor') continue;
      const each = (value as Record<string, unknown>)[key];
      if (isLeftOut(each)) continue;
      this.bytes += 4 + key.length * mostBytesPerUnit;
      copy[key] = this.copy(each, depth + 1);
      if (this.exotic) return undefined;
    }
    return copy;
  }

  private array(values: readonly unknown[], depth: number): unknown {
    const copy: unknown[] = [];
    for (const each of values) {
      this.bytes += 5;
      copy.push(isLeftOut(each) ? null : this.copy(each, depth + 1));
      if (this.exotic) return undefined;
    }
    return copy;
  }
}

function isLeftOut(value: unknown): boolean {
  return value === undefined || typeof value === 'function' || typeof value === 'symbol';
}
