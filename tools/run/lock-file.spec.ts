import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

interface Locked {
  readonly resolved?: string;
  readonly link?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const file = resolve(import.meta.dirname, '../../package-lock.json');
const { packages } = JSON.parse(readFileSync(file, 'utf8')) as { packages: Readonly<Record<string, Locked>> };

test('the lock file names no registry', () => {
  const elsewhere = Object.entries(packages).filter(([, { resolved, link }]) => resolved !== undefined && !link);
  expect(elsewhere).toEqual([]);
});

// npm leaves out what its registry did not have that day, and then `npm ci` refuses the file, here and everywhere else.
test('the lock file has the packages of every platform', () => {
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !locations(path, name).some((each) => each in packages)),
  );
  expect(missing).toEqual([]);
});

/** Where Node would find `name` from `path`: in its own node_modules, or in one further up. */
function locations(path: string, name: string): string[] {
  const parts = path.split('/node_modules/');
  const nested = parts.map((_, index) => `${parts.slice(0, index + 1).join('/node_modules/')}/node_modules/${name}`);
  return [...nested, `node_modules/${name}`];
}
