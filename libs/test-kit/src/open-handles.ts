import { eventually } from './eventually.js';

/** What keeps a process alive and is somebody's to close; requests under way and the like end by themselves. */
const closable = /^(TCP|TLS|Pipe|UDP|HTTP|Http|FSEvent|StatWatcher|Process|Signal|Timeout|Worker|MessagePort)/;

/** What was open at one moment, to compare with. */
export interface OpenHandles {
  /** How many of each kind, by Node's names: `{ TCPServerWrap: 1, Timeout: 2 }`. */
  readonly counts: Readonly<Record<string, number>>;

  /** Resolves when nothing more is open than at that moment; rejects, naming what is, if `withinMs` (default 1,000) pass. */
  nothingMore(withinMs?: number): Promise<void>;
}

/**
 * Notes which sockets, servers, pipes, watchers, child processes and timers are open now. Nothing that was unref'ed is seen.
 *
 *     const before = openHandles();
 *     await (await start()).stop();
 *     await before.nothingMore();
 */
export function openHandles(): OpenHandles {
  const counts = count();
  return {
    counts,
    async nothingMore(withinMs = 1_000) {
      await eventually(
        () => {
          const more = Object.entries(count())
            .map(([kind, now]) => ({ kind, left: now - (counts[kind] ?? 0) }))
            .filter(({ left }) => left > 0);
          if (more.length === 0) return;
          throw new Error(`left open: ${more.map(({ kind, left }) => `${left} ${kind}`).join(', ')}`);
        },
        { withinMs },
      );
    },
  };
}

function count(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) {
    if (closable.test(kind)) counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}
