/**
 * Groups of nodes that reach each other, each group after those it leads to; a node in no circle is a group of its own.
 * Tarjan, "Depth-first search and linear graph algorithms" (1972), with a stack of its own instead of recursion: a chain of
 * providers may be longer than the call stack.
 */
export function components<T>(nodes: readonly T[], next: (node: T) => Iterable<T>): T[][] {
  const found: T[][] = [];
  /** By order of discovery. */
  const indexes = new Map<T, number>();
  /** The earliest discovered node that is reached and not in a finished group. */
  const lows = new Map<T, number>();
  const open: T[] = [];
  const isOpen = new Set<T>();
  const visits: { readonly node: T; readonly ahead: Iterator<T> }[] = [];

  const enter = (node: T): void => {
    lows.set(node, indexes.size);
    indexes.set(node, indexes.size);
    open.push(node);
    isOpen.add(node);
    visits.push({ node, ahead: next(node)[Symbol.iterator]() });
  };
  const lower = (node: T, low: number): void => void lows.set(node, Math.min(lows.get(node)!, low));

  for (const root of nodes) {
    if (!indexes.has(root)) enter(root);
    for (let visit = visits.at(-1); visit; visit = visits.at(-1)) {
      const { node, ahead } = visit;
      const step = ahead.next();
      if (!step.done) {
        if (!indexes.has(step.value)) enter(step.value);
        else if (isOpen.has(step.value)) lower(node, indexes.get(step.value)!);
        continue;
      }
      visits.pop();
      const above = visits.at(-1);
      if (above) lower(above.node, lows.get(node)!);
      if (lows.get(node) !== indexes.get(node)) continue;
      const group = open.splice(open.lastIndexOf(node));
      for (const each of group) isOpen.delete(each);
      found.push(group);
    }
  }
  return found;
}
