import { readFileSync } from 'node:fs';

/** The version of this package, which is that of all packages of Skerry. */
export function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return version;
}
