import { chmodSync, chownSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '../clock/system-clock.js';
import { ensureDirectory, localDirectory } from './local-directory.js';

const uid = process.getuid!();

describe('the local registry’s directory', () => {
  let parent: string;
  beforeEach(() => void (parent = mkdtempSync(join(tmpdir(), 'skerry directory '))));
  afterEach(() => rmSync(parent, { recursive: true }));

  const unsafe = (message: string): Error =>
    expect.objectContaining({
      code: 'SKERRY_REGISTRY_UNSAFE_DIRECTORY',
      message: expect.stringContaining(message),
    }) as Error;

  test('is as told, else as the environment says, else one among the temporary files for each user', () => {
    const env = { SKERRY_LOCAL_REGISTRY_DIR: '/var/lib/nodes' };
    expect(localDirectory('/srv/nodes', env)).toBe('/srv/nodes');
    expect(localDirectory(undefined, env)).toBe('/var/lib/nodes');
    expect(localDirectory(undefined, {})).toBe(join(tmpdir(), `skerry-${uid}`));
    expect(localDirectory(undefined, { SKERRY_LOCAL_REGISTRY_DIR: '' })).toBe(join(tmpdir(), `skerry-${uid}`));
    expect(localDirectory('nodes/', {})).toBe(join(process.cwd(), 'nodes'));
  });

  test('is created for this user alone, parents included, and found by whoever comes second', async () => {
    const path = join(parent, 'a', 'b c');
    const [first, ...others] = await Promise.all(Array.from({ length: 20 }, () => ensureDirectory(path)));
    expect(others.every((other) => other === first)).toBe(true);
    expect(lstatSync(path).mode & 0o777).toBe(0o700);
  });

  test('that took the place of another is told from it', async () => {
    const path = join(parent, 'nodes');
    const first = await ensureDirectory(path);
    expect(await ensureDirectory(path)).toBe(first);
    rmSync(path, { recursive: true });
    // Longer than the file system's clock takes to tick: the second may well get the first one's number.
    await new SystemClock().sleep(20);
    expect(await ensureDirectory(path)).not.toBe(first);
  });

  test.each(['', '/', '/.'])('is refused when it is a symbolic link (%p behind it)', async (suffix) => {
    mkdirSync(join(parent, 'real'), { mode: 0o700 });
    symlinkSync(join(parent, 'real'), join(parent, 'nodes'));
    const path = localDirectory(join(parent, 'nodes') + suffix, {});
    await expect(ensureDirectory(path)).rejects.toEqual(unsafe('it is a symbolic link; remove it'));
  });

  test('is refused when it is a dangling symbolic link', async () => {
    symlinkSync(join(parent, 'nowhere'), join(parent, 'nodes'));
    await expect(ensureDirectory(join(parent, 'nodes'))).rejects.toEqual(unsafe('it is a symbolic link'));
  });

  test('is refused when it is a file', async () => {
    writeFileSync(join(parent, 'nodes'), '');
    await expect(ensureDirectory(join(parent, 'nodes'))).rejects.toEqual(unsafe('it is not a directory'));
  });

  test.each([0o777, 0o770, 0o702, 0o1777])('is refused when others can write to it (%i)', async (mode) => {
    const path = join(parent, 'nodes');
    mkdirSync(path);
    chmodSync(path, mode);
    const shown = mode.toString(8).padStart(4, '0');
    await expect(ensureDirectory(path)).rejects.toEqual(
      unsafe(`others can write to it (mode ${shown}); run chmod 700 "${path}"`),
    );
    chmodSync(path, 0o755);
    await expect(ensureDirectory(path)).resolves.toBeTruthy();
  });

  test('is refused when it belongs to someone else', async () => {
    const path = join(parent, 'nodes');
    mkdirSync(path, { mode: 0o700 });
    // Who may give a directory away does; for everyone else there is one that is not theirs.
    if (uid === 0) chownSync(path, 4_711, 4_711);
    const foreign = uid === 0 ? path : '/usr';
    await expect(ensureDirectory(foreign)).rejects.toEqual(
      unsafe(`belongs to user ${uid === 0 ? 4_711 : 0}, and this process runs as user ${uid}`),
    );
  });

  test('names the variable that helps, and the path as data', async () => {
    const path = join(parent, 'nodes');
    writeFileSync(path, '');
    const error: unknown = await ensureDirectory(path).catch((reason: unknown) => reason);
    expect(error).toEqual(unsafe('set SKERRY_LOCAL_REGISTRY_DIR'));
    expect(error).toMatchObject({ retryable: false, details: { path } });
  });
});
