import type { ValidatorConstraintInterface } from 'class-validator';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import { fits } from './fits.js';
import { shortcutOf, type Shortcut } from './rule-shortcuts.js';

/** Values that the shortcut of one rule or another takes, and some that none should. */
const samples: readonly unknown[] = [
  ...[undefined, null, true, false, '', ' ', 'a', 'text', 'A1', '1', '😀', '☺️', '2024-05-01', '2024-02-31T00:00:00Z'],
  ...['ada@example.org', 'ada@localhost', '00000000-0000-4000-8000-000000000000', '0123456789abcdef01234567'],
  ...[0, -0, 1, -1, 1.5, NaN, Infinity, -Infinity, Number.MAX_VALUE, Number.MIN_VALUE],
  ...[{}, { length: 1 }, [], [''], ['a', 'a'], [[]], new Map(), new Set(), new Date(0), new Date(NaN)],
];

/**
 * The shortcut of a rule, if the rule is class-validator's own. Applications may give their rules the same names, and another
 * version of class-validator may judge otherwise: so the rule has to explain itself in class-validator's words, and to accept
 * each sample that the shortcut accepts.
 */
export function trustedShortcut(
  { name = '', constraints, each }: ValidationMetadata,
  validatorOf: () => ValidatorConstraintInterface,
): Shortcut | undefined {
  const args = { targetName: '', property: '', object: {}, value: '', constraints: (constraints ?? []) as unknown[] };
  const shortcut = shortcutOf(name, args.constraints);
  if (!shortcut) return undefined;
  try {
    const validator = validatorOf();
    const sentence = `${each ? 'each value in ' : ''}${shortcut.sentence}`;
    if (validator.defaultMessage?.(args) !== sentence) return undefined;
    const { low, high } = shortcut;
    const agrees = (value: unknown) => !fits(shortcut, value) || validator.validate(value, { ...args, value }) === true;
    return [...samples, low, high, 'x'.repeat(low > 0 && low < 1_000 ? low : 0)].every(agrees) ? shortcut : undefined;
  } catch {
    return undefined;
  }
}
