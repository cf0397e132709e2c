/**
 * The files of a workspace, on disk, in a test or in the hands of Nx. Paths are relative to the root of the workspace, with `/` on every
 * system.
 */
export interface FileTree {
  /** `undefined` for what is no file. */
  read(path: string): string | undefined;
  /** What a directory has, those that are directories with a `/` at their end; in order. Nothing for one that is not there. */
  list(directory: string): readonly string[];
  /** Makes directories on the way. */
  write(path: string, text: string): void;
}

/** A path below a directory, which may be the root: `''`. */
export function below(directory: string, path: string): string {
  return directory === '' ? path : `${directory}/${path}`;
}

/** `apps/orders` for `apps/orders/package.json`. */
export function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** How a module in one file names another: `../orders/orders.module.js`. */
export function relativeImport(from: string, to: string): string {
  const [here, there] = [directoryOf(from).split('/'), to.split('/')];
  let common = 0;
  while (common < here.length && common < there.length - 1 && here[common] === there[common]) common++;
  const up = here.slice(common).filter((part) => part !== '');
  const path = [...up.map(() => '..'), ...there.slice(common)].join('/').replace(/\.([cm]?)ts$/, '.$1js');
  return path.startsWith('.') ? path : `./${path}`;
}
