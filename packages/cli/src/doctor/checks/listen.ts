import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fail, ok, type Check } from '../check.js';

/** Whether an application can take calls where it is told to. */
export const listen: Check = {
  name: 'listen',
  async run({ env, proc }) {
    const wanted = env['SKERRY_LISTEN'] || 'tcp://127.0.0.1:0';
    const [, host = '', port = ''] = /^(?:tcp|tls|https?|wss?):\/\/(\[[^\]]+\]|[^:/]+):(\d+)/.exec(wanted) ?? [];
    if (host === '') {
      if (/^[a-z][a-z0-9+.-]*:\/\/\S/i.test(wanted)) return [ok(`${wanted}: not tried, it is no port`)];
      return [
        fail(`SKERRY_LISTEN is '${wanted}', which is no address`, 'write it with its transport: tcp://127.0.0.1:4101'),
      ];
    }
    const code = await tryToListen(host.replace(/^\[|\]$/g, ''), Number(port));
    if (code === undefined) return [ok(port === '0' ? `a free port of ${host}` : `${wanted} is free`)];
    if (code === 'EADDRINUSE') {
      const owner = ownerOf(Number(port), proc);
      const text = `${wanted} is taken${owner === undefined ? '' : ` by ${owner}`}`;
      return [fail(text, 'stop what listens there, or set SKERRY_LISTEN to another address; port 0 takes a free one')];
    }
    const why: Record<string, string> = {
      EACCES: 'this user may not',
      EADDRNOTAVAIL: 'no interface here has that address',
      ENOTFOUND: 'nobody knows that name',
    };
    return [
      fail(
        `cannot listen on ${wanted}: ${why[code] ?? code}`,
        'set SKERRY_LISTEN to an address of this machine, and a port from 1024 up',
      ),
    ];
  },
};

/** What the system says, where it does not let. */
function tryToListen(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

/** The process that listens on a port, as far as the kernel shows it to this user: `node (pid 4711)`. */
function ownerOf(port: number, proc: string): string | undefined {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  const sockets = ['tcp', 'tcp6'].flatMap((name) =>
    read(join(proc, 'net', name))
      .split('\n')
      .slice(1),
  );
  const inodes = new Set(
    sockets.flatMap((line) => {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
      return state === '0A' && local.endsWith(`:${wanted}`) ? [`socket:[${inode}]`] : [];
    }),
  );
  if (inodes.size === 0) return undefined;
  for (const pid of list(proc).filter((name) => /^\d+$/.test(name))) {
    const folder = join(proc, pid, 'fd');
    if (!list(folder).some((name) => inodes.has(link(join(folder, name))))) continue;
    return `${read(join(proc, pid, 'comm')).trim() || 'a process'} (pid ${pid})`;
  }
  return undefined;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
