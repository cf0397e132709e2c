import type { NodeRecord } from '../registry/node-record.js';
import type { NodeCriteria } from './filter.js';
import { versionRange } from './version-range.js';

/** One thing that criteria ask for. */
export interface Requirement {
  /** As a message names it: `version ^2`. */
  readonly name: string;
  /** Never throws. */
  readonly fits: (node: NodeRecord) => boolean;
  /** What a node has there, as a message shows it. Absent where there is nothing to show. */
  readonly shows?: (node: NodeRecord) => string;
}

/** What `criteria`, which were checked, ask for, one by one. Those that are cheap to judge come first. */
export function requirementsOf({ node: id, zone, version, labels = {}, where }: NodeCriteria): Requirement[] {
  const list: Requirement[] = [];
  if (id !== undefined) list.push({ name: `id ${id}`, fits: (node) => node.id === id, shows: (node) => node.id });
  if (zone !== undefined)
    list.push({ name: `zone ${zone}`, fits: (node) => node.zone === zone, shows: (node) => node.zone ?? 'no zone' });
  for (const [label, value] of Object.entries(labels)) {
    const of = ({ metadata }: NodeRecord): string | undefined =>
      Object.hasOwn(metadata, label) ? metadata[label] : undefined;
    list.push({
      name: `label ${label}=${value}`,
      fits: (node) => of(node) === value,
      shows: (node) => of(node) ?? `no ${label}`,
    });
  }
  if (version !== undefined) {
    const range = versionRange(version);
    // A thousand nodes have a few versions.
    const verdicts = new Map<string, boolean>();
    list.push({
      name: `version ${version}`,
      fits: ({ version: own }) => {
        let verdict = verdicts.get(own);
        if (verdict === undefined) verdicts.set(own, (verdict = range?.test(own) ?? false));
        return verdict;
      },
      shows: (node) => node.version,
    });
  }
  if (where) list.push({ name: '`where`', fits: (node) => accepted(() => where(node)) });
  return list;
}

/** What the application's own code says of a node; `false` when it throws. */
export function accepted(judge: () => boolean): boolean {
  try {
    return judge();
  } catch {
    return false;
  }
}
