import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** The path of a program of that name in `PATH`. */
export async function findProgram(name: string, path = ''): Promise<string | undefined> {
  // Where servers are installed for the system's own use, and not for the users'.
  const folders = [...path.split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'].filter((each) => each !== '');
  for (const folder of folders) {
    const file = join(folder, name);
    const found = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return file;
  }
  return undefined;
}
