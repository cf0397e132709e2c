import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** `__SO_ACCEPTCON` of the kernel. */
const accepting = '00010000';

/**
 * Who listens on a unix socket, for people: `process 4711 (node dist/main.js)`. Linux only, and only of processes that this one
 * may look at; `undefined` otherwise.
 */
export function socketOwner(path: string): string | undefined {
  try {
    // Num RefCount Protocol Flags Type St Inode Path; those that were accepted have the path as well.
    const sockets = readFileSync('/proc/net/unix', 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/));
    const inode = sockets.find((each) => each[7] === path && each[3] === accepting)?.[6];
    if (!inode) return undefined;
    const pid = readdirSync('/proc').find((each) => /^\d+$/.test(each) && holds(each, `socket:[${inode}]`));
    return pid === undefined ? undefined : `process ${pid}${commandOf(pid)}`;
  } catch {
    return undefined;
  }
}

function holds(pid: string, what: string): boolean {
  const directory = `/proc/${pid}/fd`;
  try {
    return readdirSync(directory).some((each) => {
      try {
        return readlinkSync(`${directory}/${each}`) === what;
      } catch {
        // It was closed meanwhile.
        return false;
      }
    });
  } catch {
    return false;
  }
}

function commandOf(pid: string): string {
  // Arguments may hold secrets: two are enough to know a process by.
  const [program, script] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  return program ? ` (${[program, script].filter(Boolean).join(' ')})` : '';
}
