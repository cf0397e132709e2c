import { constants } from 'node:fs';
import { access, lstat, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LocalRegistryDriver } from '@skerry/core';
import { fail, ok, warn, type Check, type Ground } from '../check.js';

const variable = 'SKERRY_LOCAL_REGISTRY_DIR';

/** Where services of this machine find each other, as long as nothing else is said. */
export const registryDirectory: Check = {
  name: 'local registry',
  async run(ground) {
    const { directory } = new LocalRegistryDriver(ground.clock, {}, ground.env);
    const found = await lstat(directory).catch(() => undefined);
    if (!found) {
      const above = dirname(directory);
      if (await writable(above)) return [ok(`${directory}: will be made by the first service`)];
      return [
        fail(`${directory}: is not there, and cannot be made in ${above}`, `set ${variable} to a directory of yours`),
      ];
    }
    const uid = process.getuid?.();
    const remove = `remove it, or set ${variable} to a directory that is yours alone`;
    if (!found.isDirectory()) return [fail(`${directory}: is no directory`, remove)];
    if (uid !== undefined && found.uid !== uid)
      return [fail(`${directory}: belongs to user ${found.uid}, not to ${uid}`, remove)];
    if (uid !== undefined && (found.mode & 0o022) !== 0) {
      const mode = (found.mode & 0o7777).toString(8).padStart(4, '0');
      return [fail(`${directory}: others can write to it (mode ${mode})`, `chmod 700 ${JSON.stringify(directory)}`)];
    }
    if (!(await writable(directory)))
      return [fail(`${directory}: cannot be written to`, `chmod 700 ${JSON.stringify(directory)}`)];
    return [await contents(directory, ground)];
  },
};

/** Reads the files itself: the driver would remove those of processes that have died, and a check changes nothing. */
async function contents(directory: string, { proc }: Ground): Promise<ReturnType<typeof ok>> {
  const names = await readdir(directory);
  const records = names.filter((name) => name.endsWith('.json'));
  const strange = names.filter((name) => !name.endsWith('.json') && !/^\..*\.tmp$/.test(name));
  if (strange.length > 0) {
    return warn(
      `${directory}: has ${strange.slice(0, 3).join(', ')}, which nobody has put there for Skerry`,
      'give the registry a directory of its own',
    );
  }
  const dead = (await Promise.all(records.map((name) => hasDied(join(directory, name), proc)))).filter(Boolean).length;
  const rest = dead === 0 ? '' : `, ${dead} of processes that have died, which the next look removes`;
  return ok(`${directory}: ${records.length} records${rest}`);
}

async function hasDied(file: string, proc: string): Promise<boolean> {
  try {
    const { readFile } = await import('node:fs/promises');
    const { stamp } = JSON.parse(await readFile(file, 'utf8')) as { stamp: { pid: number; boot: string } };
    const boot = await readFile(join(proc, 'sys/kernel/random/boot_id'), 'utf8').then(
      (text) => text.trim(),
      () => '',
    );
    if (stamp.boot !== boot) return true;
    process.kill(stamp.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

function writable(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
}
