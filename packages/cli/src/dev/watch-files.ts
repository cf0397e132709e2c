import { basename } from 'node:path';
import { watch, type FSWatcher } from 'chokidar';

export interface FileWatch {
  close(): Promise<void>;
}

/** What tools write, and what was installed. */
function isIgnored(name: string): boolean {
  return name === 'node_modules' || name === 'coverage' || (name.startsWith('.') && name !== '.env');
}

/** Calls back for each file that was saved, added or removed below a directory, from the moment on that this resolves. */
export async function watchFiles(
  root: string,
  changed: (file: string) => void,
  failed: (error: Error) => void,
): Promise<FileWatch> {
  const watcher: FSWatcher = watch(root, {
    ignoreInitial: true,
    ignored: (path) => path !== root && isIgnored(basename(path)),
  });
  watcher.on('all', (event, path) => {
    if (event === 'add' || event === 'change' || event === 'unlink') changed(path);
  });
  watcher.on('error', (error) => failed(error instanceof Error ? error : new Error(String(error))));
  await new Promise<void>((resolve) => watcher.once('ready', resolve));
  return { close: () => watcher.close() };
}
