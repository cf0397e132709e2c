import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServiceApp } from '../workspace/service-apps.js';

const loader = new URL('../typescript/register.js', import.meta.url).href;
const skerry = fileURLToPath(new URL('../../bin/skerry.js', import.meta.url));

/** What node is given to run an application from its sources, in its directory. */
export function appArguments({ directory, entry, standalone }: ServiceApp, inspect?: number): string[] {
  const flags = [...(inspect === undefined ? [] : [`--inspect=127.0.0.1:${inspect}`]), '--import', loader];
  return standalone ? [...flags, entry] : [...flags, skerry, 'run', relative(directory, entry)];
}

/** What node is given to run a command of skerry that may import sources. */
export function commandArguments(...words: readonly string[]): string[] {
  return ['--import', loader, skerry, ...words];
}
