import { nearest } from '@skerry/core';
import { UsageError } from '../usage-error.js';

/** `_`, `_.orders[0].id`: the last result, or a part of it. */
const whole = /^_(?:\.[\w$-]+|\[\d+\])*$/;

/** What a session was answered last: of a call its reply, of a stream its last item. */
export class LastResult {
  private result: { readonly value: unknown } | undefined;

  /** `undefined` where nothing was answered yet. */
  get known(): { readonly value: unknown } | undefined {
    return this.result;
  }

  keep(value: unknown): void {
    this.result = { value };
  }

  /** The part that `written` means. Throws a `UsageError` where there is none. */
  part(written: string): unknown {
    if (!this.result) throw new UsageError('_ is the last result, and there is none yet.', 'call a handler first');
    let { value } = this.result;
    let at = '_';
    for (const step of stepsOf(written)) {
      const keys = keysOf(value);
      const here = Array.isArray(value) ? `${at}[${step}]` : `${at}.${step}`;
      if (!keys.includes(step)) throw absent(here, at, step, value);
      value = (value as Record<string, unknown>)[step];
      at = here;
    }
    return value;
  }
}

/** Whether a text is `_`, with a path perhaps, and nothing else. */
export function meansLast(text: string): boolean {
  return whole.test(text);
}

/** The names behind `_`: `_.orders[0]` has `orders` and `0`. */
export function stepsOf(written: string): string[] {
  return [...written.slice(1).matchAll(/\.([\w$-]+)|\[(\d+)\]/g)].map(([, name, index]) => (name ?? index)!);
}

/** What a value has of its own. */
export function keysOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

function absent(wanted: string, at: string, step: string, value: unknown): UsageError {
  const keys = keysOf(value);
  const near = Array.isArray(value) ? [] : nearest(step, keys);
  const has = Array.isArray(value) ? `${value.length} items` : keys.join(', ') || 'no fields';
  return new UsageError(
    `The last result has no ${wanted}.`,
    near.length > 0 ? `did you mean ${near.join(' or ')}?` : `${at} has ${has}`,
  );
}
