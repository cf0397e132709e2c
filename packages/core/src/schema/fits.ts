import { anything, integer, list, number, text, truth, type Shortcut } from './rule-shortcuts.js';

/** Whether a value surely satisfies the rules that a shortcut stands for. Calls nothing but the shortcut's own test. */
export function fits({ kind, low, high, test }: Shortcut, value: unknown): boolean {
  switch (kind) {
    case anything:
      break;
    case text:
      if (typeof value !== 'string' || value.length < low || value.length > high) return false;
      break;
    case number:
      if (typeof value !== 'number' || !(value >= low && value <= high)) return false;
      break;
    case integer:
      if (typeof value !== 'number' || !(value >= low && value <= high) || Math.floor(value) !== value) return false;
      break;
    case truth:
      if (typeof value !== 'boolean') return false;
      break;
    case list:
      if (!Array.isArray(value) || value.length < low || value.length > high) return false;
  }
  return test === undefined || test(value);
}
