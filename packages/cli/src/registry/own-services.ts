/**
 * Leaves out what Skerry registers for itself, such as the inboxes through which services exchange events: all names that begin with
 * `skerry.`, as contracts do.
 */
export function withoutOwn<T>(services: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  return new Map([...services].filter(([name]) => !name.startsWith('skerry.')));
}
