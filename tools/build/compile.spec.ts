import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skerry-compile-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('leaves nothing of an earlier build whose source is gone', () => {
  const compilerOptions = { rootDir: 'src', outDir: 'dist', module: 'NodeNext', target: 'ES2022', types: [] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
  mkdirSync(join(folder, 'src'));
  mkdirSync(join(folder, 'dist'));
  writeFileSync(join(folder, 'src', 'kept.ts'), 'export const kept = 1;\n');
  writeFileSync(join(folder, 'dist', 'gone.js'), 'export const gone = 1;\n');

  execFileSync(process.execPath, [fileURLToPath(new URL('compile.mjs', import.meta.url))], { cwd: folder });

  expect(existsSync(join(folder, 'dist', 'kept.js'))).toBe(true);
  expect(existsSync(join(folder, 'dist', 'gone.js'))).toBe(false);
});
