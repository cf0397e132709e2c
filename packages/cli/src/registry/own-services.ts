/**
 * Leaves out what Skerry registers for itself, such as the inboxes through which services exchange events: names that begin with
 * `skerry.`, which no service of an application may have.
 */
export function withoutOwn<T>(services: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  return new Map([...services].filter(([name]) => !name.startsWith('skerry.')));
}
