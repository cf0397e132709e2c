import { UsageError } from '../../usage-error.js';

/** A name in the forms in which it is written. */
export interface Name {
  /** `order-desk`: services, files, directories. */
  readonly kebab: string;
  /** `OrderDesk`: classes. */
  readonly pascal: string;
  /** `orderDesk`: variables and methods. */
  readonly camel: string;
}

/**
 * Takes a name in any of its forms: `order-desk`, `orderDesk`, `OrderDesk`, `order_desk`, `order desk`. Throws a `UsageError` for one that
 * cannot be the name of a class.
 *
 * @param what For messages: `a service`.
 */
export function nameOf(given: string, what: string): Name {
  const words = given
    .trim()
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1-$2')
    .split(/[-_\s]+/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());
  const kebab = words.join('-');
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(kebab) || kebab.length > 60) {
    throw new UsageError(
      `Cannot name ${what} ${JSON.stringify(given)}: a name has letters and digits, words with '-' between them, and begins with a letter.`,
      'write it like order-desk',
    );
  }
  const pascal = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return { kebab, pascal, camel: pascal.charAt(0).toLowerCase() + pascal.slice(1) };
}

/** Without a word at its end that is added to it anyway: `audit` for `audit-interceptor`. */
export function withoutSuffix(name: Name, suffix: string): Name {
  const end = `-${suffix}`;
  return name.kebab.endsWith(end) ? nameOf(name.kebab.slice(0, -end.length), suffix) : name;
}

/**
 * What to say of a name that nothing has: those that are most like it, else all. Loads the core, which takes a while.
 *
 * @param fix Where nothing is like it.
 */
export async function unknown(
  what: string,
  wanted: string,
  candidates: readonly string[],
  fix: string,
): Promise<UsageError> {
  const { nearest } = await import('@skerry/core');
  const [first, ...others] = nearest(wanted, candidates);
  if (first === undefined) return new UsageError(`Cannot find ${what} ${wanted}. ${allOf(candidates)}`, fix);
  const near = [first, ...others].map((each) => `'${each}'`).join(' or ');
  return new UsageError(`Cannot find ${what} ${wanted}. Did you mean ${near}?`, `write ${first}`);
}

function allOf(candidates: readonly string[]): string {
  if (candidates.length === 0) return 'There is none.';
  const shown = candidates.slice(0, 8).join(', ');
  return `There ${candidates.length === 1 ? 'is' : 'are'} ${shown}${candidates.length > 8 ? ', ...' : ''}.`;
}
