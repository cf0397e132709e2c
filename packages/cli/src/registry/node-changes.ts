/** What became of a node; `present` for those that were there when the watch began. */
export type Change = 'present' | 'joined' | 'changed' | 'left';

/** How each is told in a line. */
export const signs: Readonly<Record<Change, string>> = { present: ' ', joined: '+', changed: '~', left: '-' };

export interface Changed<T> {
  readonly change: Change;
  /** As it is now, or was before it left. */
  readonly node: T;
}

interface Named {
  readonly service: string;
  readonly id: string;
}

/**
 * What has changed from one state to the next, by service, what has gone first; everything is present where there is none before.
 *
 * @param same Whether nothing of a node that is worth telling has changed.
 */
export function nodeChanges<T extends Named>(
  before: readonly T[] | undefined,
  now: readonly T[],
  same: (before: T, now: T) => boolean,
): Changed<T>[] {
  const was = new Map((before ?? []).map((node) => [node.id, node]));
  const is = new Map(now.map((node) => [node.id, node]));
  const come = [...is.values()].flatMap((node): Changed<T>[] => {
    const former = was.get(node.id);
    if (former) return same(former, node) ? [] : [{ change: 'changed', node }];
    return [{ change: before ? 'joined' : 'present', node }];
  });
  const gone = [...was.values()].flatMap((node): Changed<T>[] => (is.has(node.id) ? [] : [{ change: 'left', node }]));
  return [...gone, ...come].sort(({ node: a }, { node: b }) =>
    a.service === b.service ? 0 : a.service < b.service ? -1 : 1,
  );
}
