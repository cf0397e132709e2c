import type { StoreOutcome, StoreWrite } from '../driver.js';

/** What a client did to one key, and what it was told, between two moments. */
export interface Operation {
  /** `undefined`: it read. */
  readonly write?: StoreWrite;
  /** Of a read: the version that was found. */
  readonly outcome: StoreOutcome;
  readonly calledAt: number;
  readonly answeredAt: number;
}

/**
 * Whether there is an order of the operations on one key in which each comes between its call and its answer, and in which
 * a store that does one after the other would have given these answers (Herlihy and Wing 1990; the search is that of Wing and
 * Gong 1993). The state is the version, which tells the value, as none is used twice.
 *
 * @param operations At most 30.
 */
export function isLinearizable(operations: readonly Operation[]): boolean {
  const all = 2 ** operations.length - 1;
  const tried = new Set<string>();
  const search = (placed: number, version: string | undefined): boolean => {
    if (placed === all) return true;
    const state = `${placed} ${version}`;
    if (tried.has(state)) return false;
    tried.add(state);
    const open = operations.filter((_, index) => (placed & (1 << index)) === 0);
    // Nothing that was called after another was answered can come before it.
    const firstAnswer = Math.min(...open.map(({ answeredAt }) => answeredAt));
    return operations.some((operation, index) => {
      if ((placed & (1 << index)) !== 0 || operation.calledAt > firstAnswer) return false;
      const next = after(operation, version);
      return next !== impossible && search(placed | (1 << index), next);
    });
  };
  return search(0, undefined);
}

const impossible = Symbol('impossible');

/** The version after an operation; impossible when it would have been answered otherwise. */
function after({ write, outcome }: Operation, version: string | undefined): string | undefined | typeof impossible {
  if (!write) return outcome.done && outcome.version === version ? version : impossible;
  const holds =
    write.ifVersion === undefined
      ? !(write.type === 'put' && write.ifAbsent && version !== undefined)
      : write.ifVersion === version;
  if (holds !== outcome.done) return impossible;
  if (!outcome.done) return outcome.found === version ? version : impossible;
  if (write.type === 'put') return outcome.version;
  return outcome.version === version ? undefined : impossible;
}
