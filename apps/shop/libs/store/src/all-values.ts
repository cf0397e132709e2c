import type { TypedStore } from '@skerry/core';

/** All values of a view, page by page, ordered by their keys. */
export async function* allValues<T extends object>(view: TypedStore<T>): AsyncGenerator<T> {
  for (let cursor: string | undefined; ;) {
    const page = await view.list(cursor ? { cursor } : {});
    for (const { value } of page.entries) yield value;
    if (!page.cursor) return;
    cursor = page.cursor;
  }
}
