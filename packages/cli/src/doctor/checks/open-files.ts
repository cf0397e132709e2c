import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ok, warn, type Check } from '../check.js';

// Every connection is one, and a listener takes 10,000 where nobody says otherwise.
const enough = 4_096;

/** How many files and connections a process may have open. Node raises what it may to the hard limit when it starts. */
export const openFiles: Check = {
  name: 'open files',
  async run({ proc }) {
    let limits: string;
    try {
      limits = readFileSync(join(proc, 'self/limits'), 'utf8');
    } catch {
      return [ok('not known: this system does not show its limits')];
    }
    const limit = /^Max open files\s+(\S+)/m.exec(limits)?.[1];
    if (limit === undefined) return [ok('not known: this system does not show its limits')];
    if (limit === 'unlimited' || Number(limit) >= enough) return [ok(`${limit} may be open`)];
    return [
      warn(
        `${limit} may be open, and each connection is one`,
        'raise it: ulimit -Hn 65536, LimitNOFILE= of systemd, or ulimits of the container',
      ),
    ];
  },
};
