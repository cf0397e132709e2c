import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { processStarter } from '@skerry-private/test-kit';

const filler = fileURLToPath(new URL('fixtures/filler.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'skerry-lmdb-'));
const mounted = mount();

/** A disk of one megabyte; whether this user may have one. */
function mount(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

(mounted ? describe : describe.skip)('a disk that is full', () => {
  const startProcess = processStarter(afterEach);
  afterAll(() => execFileSync('umount', [folder]));

  test('is told by a code; what was written stays; after room was made it goes on without a restart', async () => {
    const program = await startProcess(process.execPath, [filler, join(folder, 'store.lmdb')]);
    expect(await program.exited).toEqual({ code: 0, signal: null });
    const said = program.output.split('\n').filter((line) => /^(full|again|whole|after) /.test(line));
    expect(said).toEqual([
      'full SKERRY_STORE_FULL',
      'again SKERRY_STORE_FULL',
      'whole true, extra false',
      'after done',
    ]);
  });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));
