import { constants } from 'node:fs';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { systemProgram } from './system-program.js';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** Without what a browser does of its own accord: nothing leaves the machine. */
export const chromiumFlags: readonly string[] = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update'],
];

/**
 * The path of a Chromium in `PATH`, or of Debian's. `undefined` where there is none, or an error: see {@link systemProgram}.
 */
export async function findChromium(): Promise<string | undefined> {
  const found = await inPath();
  if (found) return found;
  return (await systemProgram({ probe: ['chromium', '--version'], packages: ['chromium'] })) ? inPath() : undefined;
}

/** A folder for all that a browser keeps, and its removal. */
export async function browserProfile(): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'skerry-chromium-'));
  // The browser's last process may still be writing when the first has ended.
  return { folder, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }) };
}

async function inPath(): Promise<string | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter).filter((each) => each !== '')) {
    for (const path of names.map((name) => join(folder, name))) {
      if (
        await access(path, constants.X_OK).then(
          () => true,
          () => false,
        )
      )
        return path;
    }
  }
  return undefined;
}
