import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../usage-error.js';
import { placeOf, scopeOf } from './place.js';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'skerry-place-'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

function refusal(work: () => unknown): Pick<UsageError, 'message' | 'fix'> {
  try {
    work();
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

test.each([
  ['shop', 'shop', 'shop'],
  ['my-shop2', 'my-shop2', 'my-shop2'],
  ['backend/shop', 'backend/shop', 'shop'],
  ['./shop/', 'shop', 'shop'],
])('%s is the folder %s with the name %s', (asked, shown, name) => {
  expect(placeOf(asked, cwd)).toEqual({ folder: join(cwd, shown), shown, name });
});

test('"." is the working directory, called as it is', () => {
  const folder = join(cwd, 'shop');
  mkdirSync(folder);
  expect(placeOf('.', folder)).toEqual({ folder, shown: '.', name: 'shop' });
});

test.each([
  ['My Shop', 'my-shop'],
  ['shop_2', 'shop-2'],
  ['Überladen', 'uberladen'],
  ['-shop', 'shop'],
  ['shop-', 'shop'],
  ['shop--2', 'shop-2'],
  ['2shops', 'shops'],
  ['shop.', 'shop'],
  ['@acme', 'acme'],
  ['con', 'con-services'],
  ['lpt1', 'lpt1-services'],
  ['???', 'shop'],
  ['a'.repeat(33), 'a'.repeat(23)],
  ['jest', 'jest-services'],
])('%s cannot be a name, %s can', (asked, fix) => {
  const { message, fix: told } = refusal(() => placeOf(asked, cwd, ['jest']));
  expect(message).toContain(`Cannot create ${asked}: '${asked}' cannot be the name of a workspace: `);
  expect(told).toBe(`name it like ${fix}`);
  expect(placeOf(fix, cwd, ['jest']).name).toBe(fix);
});

test('a folder that is not empty is refused, and left as it is', () => {
  mkdirSync(join(cwd, 'shop'));
  for (const name of ['a', 'b', 'c', 'd', 'e']) writeFileSync(join(cwd, 'shop', name), name);
  const { message, fix } = refusal(() => placeOf('shop', cwd));
  expect(message).toBe('Cannot create shop: the folder is not empty: it has a, b, c and 2 more.');
  expect(fix).toMatch(/another name/);
  expect(readdirSync(join(cwd, 'shop'))).toHaveLength(5);
});

test('a file of that name is refused', () => {
  writeFileSync(join(cwd, 'shop'), '');
  expect(refusal(() => placeOf('shop', cwd)).message).toContain('ENOTDIR: not a directory');
});

test('a repository without files is an empty folder', () => {
  mkdirSync(join(cwd, 'shop/.git'), { recursive: true });
  expect(placeOf('shop', cwd).name).toBe('shop');
});

test.each([
  ['acme', 'acme'],
  ['@acme', 'acme'],
])('the scope %s is that of @%s/...', (asked, scope) => {
  expect(scopeOf(asked, ['@swc/core'])).toBe(scope);
});

test.each([
  ['@swc', '@swc-services', '@swc/core is a package of somebody else'],
  ['Acme Inc', '@acme-inc', 'small letters'],
  ['@', '@shop', 'empty'],
])('the scope %s cannot be used, %s can', (asked, fix, why) => {
  const { message, fix: told } = refusal(() => scopeOf(asked, ['@swc/core']));
  expect(message).toContain(why);
  expect(told).toBe(`write it like ${fix}`);
  expect(scopeOf(fix, ['@swc/core'])).toBe(fix.slice(1));
});
