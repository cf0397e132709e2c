import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const names = ['chromium', 'chromium-browser', 'google-chrome'];
const installTimeoutMs = 300_000;

/** Without what a browser does of its own accord: nothing leaves the machine. */
export const chromiumFlags: readonly string[] = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update'],
];

/**
 * The path of a Chromium in `PATH`. Where there is none it is `undefined`, having said why, so that tests can be left out; with
 * `CI=true` it is installed by the machine's own apt, which needs root, and is an error where that fails.
 */
export async function findChromium(): Promise<string | undefined> {
  const found = await inPath();
  if (found) return found;
  if (process.env['CI'] !== 'true') {
    // Not by the console, which Jest shows for tests that run.
    process.stderr.write(
      'there is no Chromium to test with; its tests are skipped. Put a chromium into PATH to run them.\n',
    );
    return undefined;
  }
  try {
    const options = { timeout: installTimeoutMs, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
    await run('apt-get', ['update'], options);
    await run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], options);
  } catch (cause) {
    throw new Error(`there is no Chromium to test with, and none could be installed: ${(cause as Error).message}`, {
      cause,
    });
  }
  return inPath();
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
