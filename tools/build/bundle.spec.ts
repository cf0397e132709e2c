import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const program = resolve(import.meta.dirname, 'bundle.mjs');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skerry-bundle-'));
  write('package.json', '{ "type": "module", "dependencies": { "outside": "1" } }');
  for (const name of ['rope', 'knot', 'outside'])
    write(`node_modules/${name}/package.json`, `{ "name": "${name}", "type": "module", "exports": "./index.js" }`);
  write('node_modules/rope/index.js', `export { hitch } from 'knot';\nexport { far } from 'outside';\n`);
  write('node_modules/knot/index.js', `export const hitch = 'a hitch', unused = 'a splice';\n`);
  write('node_modules/outside/index.js', `export const far = 'far away';\n`);
  for (const name of ['rope', 'knot']) write(`node_modules/${name}/LICENSE`, `May be passed on with this, by ${name}.`);
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

async function bundled(): Promise<string> {
  await promisify(execFile)(process.execPath, [program, 'rope', 'dist/deep/rope.min.js'], { cwd: folder });
  return readFileSync(join(folder, 'dist/deep/rope.min.js'), 'utf8');
}

test('is one file with all that the library needs, but for what the package depends on', async () => {
  const text = await bundled();
  expect(text).toContain('a hitch');
  expect(text).toMatch(/from ?"outside"/);
  expect(text).not.toContain('far away');
  const script = `import('./dist/deep/rope.min.js').then(({ hitch, far }) => console.log(hitch, far))`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { cwd: folder });
  expect(stdout).toBe('a hitch far away\n');
});

test('has the licences of all that is in it', async () => {
  const text = await bundled();
  for (const name of ['rope', 'knot'])
    expect(text).toContain(`/*!\n${name}\n\nMay be passed on with this, by ${name}.\n*/`);
  rmSync(join(folder, 'node_modules/knot/LICENSE'));
  await expect(bundled()).rejects.toThrow(/knot has no licence, and cannot be passed on/);
});
