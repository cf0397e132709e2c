import { sep } from 'node:path';

/** Whether it is compiled: declarations hold nothing that runs. */
export function isTypeScript(path: string): boolean {
  return /\.m?tsx?$/.test(path) && !/\.d\.m?ts$/.test(path);
}

/** What a TypeScript file is compiled to, and imported as: `greeter.service.js`. */
export function compiledName(path: string): string {
  return path.replace(/\.(m?)tsx?$/, '.$1js');
}

/** The TypeScript files that are imported as this one. */
export function sourceNames(path: string): readonly string[] {
  const [, name, m] = /^(.*)\.(m?)js$/.exec(path) ?? [];
  if (name === undefined) return [];
  return m ? [`${name}.mts`] : [`${name}.ts`, `${name}.tsx`];
}

/** Whether a file is the workspace's own: what was installed is not. */
export function isOwn(path: string, root: string): boolean {
  return path.startsWith(root.endsWith(sep) ? root : root + sep) && !path.includes(`${sep}node_modules${sep}`);
}
