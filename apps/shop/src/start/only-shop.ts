import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The process that has opened a shop with this data, if it still runs. */
export async function openedBy(folder: string): Promise<number | undefined> {
  const pid = Number(await readFile(fileOf(folder), 'utf8').catch(() => ''));
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  try {
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    // One of somebody else runs all the same.
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? pid : undefined;
  }
}

/** Says that this process has, until it calls what is returned. */
export async function openShop(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(fileOf(folder), String(process.pid));
  return () => rm(fileOf(folder), { force: true });
}

function fileOf(folder: string): string {
  return join(folder, 'shop.pid');
}
