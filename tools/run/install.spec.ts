import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outdated } from './install.mjs';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'skerry-install-'));
  lock('package-lock.json', locked);
  lock('node_modules/.package-lock.json', locked);
  for (const path of Object.keys(locked)) mkdirSync(join(root, path), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

const locked = {
  'node_modules/a': { version: '1.0.0' },
  'node_modules/a/node_modules/b': { version: '2.0.0' },
  'node_modules/@skerry/core': { link: true },
};

function lock(file: string, packages: Record<string, object>): void {
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(join(root, file), JSON.stringify({ packages: { '': { name: 'workspace' }, ...packages } }));
}

test('what the lock file asks for is installed', () => {
  expect(outdated(root)).toBeUndefined();
});

test('nothing is installed, or an install was interrupted', () => {
  rmSync(join(root, 'node_modules/.package-lock.json'));
  expect(outdated(root)).toBe('node_modules is missing or incomplete');
});

test('another version is asked for', () => {
  lock('package-lock.json', { ...locked, 'node_modules/a/node_modules/b': { version: '2.0.1' } });
  expect(outdated(root)).toBe('node_modules/a/node_modules/b is of another version');
});

test('a package or a member of the workspace was added', () => {
  lock('package-lock.json', { ...locked, 'node_modules/@skerry/nats': { link: true } });
  expect(outdated(root)).toBe('node_modules/@skerry/nats is missing');
});

test('a package was removed by hand', () => {
  rmSync(join(root, 'node_modules/a'), { recursive: true });
  expect(outdated(root)).toBe('node_modules/a is missing');
});

test('a package for another platform is rightly absent', () => {
  lock('package-lock.json', { ...locked, 'node_modules/a-darwin': { version: '1.0.0', optional: true } });
  expect(outdated(root)).toBeUndefined();
});

test('a record that cannot be read counts as none', () => {
  writeFileSync(join(root, 'node_modules/.package-lock.json'), '{"packages":');
  expect(outdated(root)).toBe('node_modules/a is missing');
});
