import { ESLint } from 'eslint';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';

/** A small workspace with one file for each thing that must not be done, linted once with the real configuration. */
const files: Record<string, string> = {
  'tsconfig.json': JSON.stringify({
    compilerOptions: { strict: true, module: 'NodeNext', target: 'ES2022', skipLibCheck: true, types: [] },
    include: ['packages', 'libs', 'apps'],
  }),
  'packages/core/package.json': JSON.stringify({ name: '@skerry/core', dependencies: { inversify: '*' } }),
  'packages/nats/package.json': JSON.stringify({ name: '@skerry/nats', dependencies: { '@skerry/core': '*' } }),
  'libs/kit/package.json': JSON.stringify({ name: '@skerry-private/kit' }),
  'apps/shop/package.json': JSON.stringify({ name: 'shop' }),

  'packages/globals.d.ts': `
    declare module 'inversify' { export class Container {} }
    declare module '@skerry-private/kit' { export function eventually(check: () => boolean): Promise<void>; }
    declare function test(name: string, body: () => unknown): void;`,
  'node_modules/undeclared/package.json': JSON.stringify({ name: 'undeclared', exports: './index.js' }),
  'node_modules/undeclared/index.js': `export const a = 1;`,

  // What others import.
  'packages/core/src/index.ts': `export { a } from './errors/a.js';`,
  'packages/core/src/errors/a.ts': `export const a = 1;`,
  'packages/core/src/app/a.ts': `export { a } from '../server/a.js'; export type A = number;`,
  'packages/core/src/server/a.ts': `export { a } from '../rpc/a.js';`,
  'packages/core/src/rpc/a.ts': `export { a } from '../transport/a.js';`,
  'packages/core/src/transport/a.ts': `export { a } from '../errors/a.js';`,
  'apps/shop/src/a.ts': `export const a = 1;`,
  'apps/shop/apps/orders/src/a.ts': `export const a = 1;`,
  'apps/shop/libs/engines/src/a.ts': `export const a = 1;`,

  // Allowed.
  'packages/core/src/selector/clean.ts': `
    export { a } from '../registry/clean.js';
    export const later = (ms: number) => new Date(ms);`,
  'packages/core/src/registry/clean.ts': `export { a } from '../errors/a.js';`,
  'packages/core/src/container/clean.ts': `import { Container } from 'inversify'; export const make = () => new Container();`,
  'packages/core/src/clock/system-clock.ts': `export const now = () => Date.now() + performance.now() + Math.random();`,
  'packages/core/src/registry/clean.spec.ts': `
    import { eventually } from '@skerry-private/kit';
    import '../app/a.js';
    test('a', () => eventually(() => Date.now() > 0));`,
  'packages/nats/src/clean.ts': `export { a } from '@skerry/core';`,
  'apps/shop/test/clean.ts': `export { a } from '../apps/orders/src/a.js';`,

  // Layers.
  'packages/core/src/errors/upward.ts': `export { a } from '../app/a.js';`,
  'packages/core/src/errors/upward-type.ts': `
    import type { A } from '../app/a.js';
    export const a = (value: A): import('../app/a.js').A => value;`,
  'packages/core/src/errors/upward-late.ts': `export const load = () => import('../app/a.js');`,
  'packages/core/src/registry/sideways.ts': `export { a } from '../transport/a.js';`,
  'packages/core/src/service/inward.ts': `export { a } from '../rpc/a.js';`,
  'packages/core/src/registry/deep/entry.ts': `export { a } from '../../index.js';`,
  'packages/core/src/helpers/homeless.ts': `export const a = 1;`,

  // Cycles.
  'packages/core/src/codec/circle-1.ts': `import { b } from './circle-2.js'; export const a = () => b();`,
  'packages/core/src/codec/circle-2.ts': `import { a } from './circle-1.js'; export const b = (): unknown => a;`,

  // Packages.
  'packages/core/src/module/inversify.ts': `export { Container } from 'inversify';`,
  'packages/core/src/module/itself.ts': `export { a } from '@skerry/core';`,
  'packages/nats/src/inside.ts': `export { a } from '@skerry/core/dist/errors/a.js';`,
  'packages/nats/src/by-path.ts': `export { a } from '../../core/src/errors/a.js';`,
  'packages/nats/src/app.ts': `export { a } from '../../../apps/shop/src/a.js';`,
  'apps/shop/apps/stock/src/app.ts': `export { a } from '../../orders/src/a.js';`,
  'apps/shop/apps/stock/src/lib.ts': `export { a } from '../../../libs/engines/src/a.js';`,
  'packages/nats/src/undeclared.ts': `export { a } from 'undeclared';`,
  'packages/nats/src/private.ts': `export { eventually } from '@skerry-private/kit';`,
  'packages/core/src/module/inversify.spec.ts': `export { Container } from 'inversify';`,
  'libs/kit/src/package.ts': `export { a } from '@skerry/core';`,
  'libs/kit/src/package.spec.ts': `export { a } from '@skerry/core';`,

  // Time and chance.
  'packages/core/src/registry/date-now.ts': `export const at = Date.now();`,
  'packages/core/src/registry/new-date.ts': `export const at = new Date();`,
  'packages/core/src/registry/timers.ts': `
    setTimeout(String, 1); setInterval(String, 1); setImmediate(String); globalThis.setTimeout(String, 1);`,
  'packages/core/src/registry/timer-module.ts': `export { setTimeout } from 'node:timers/promises';`,
  'packages/core/src/registry/performance-now.ts': `export const at = performance.now();`,
  'packages/core/src/registry/signal-timeout.ts': `export const over = AbortSignal.timeout(1);`,
  'packages/core/src/registry/random.ts': `export const any = Math.random();`,
  'packages/core/src/registry/sleeps.spec.ts': `
    test('a', async () => { await new Promise((done) => setTimeout(done, 50)); expect(1).toBe(1); });`,

  // Tests.
  'packages/core/src/registry/cannot-fail.spec.ts': `test('a', () => { String(1); });`,
  'packages/core/src/registry/focused.spec.ts': `test.only('a', () => { expect(1).toBe(1); });`,

  // Bugs.
  'packages/core/src/registry/floating.ts': `export const go = () => { Promise.resolve(1); };`,
};

const found = new Map<string, string[]>();
const root = resolve(import.meta.dirname, '../..');
const directory = mkdtempSync(join(tmpdir(), 'skerry-lint-'));

beforeAll(async () => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(directory, dirname(name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  const eslint = new ESLint({
    cwd: directory,
    overrideConfigFile: join(root, 'eslint.config.mjs'),
    overrideConfig: { languageOptions: { parserOptions: { tsconfigRootDir: directory } } },
  });
  for (const { filePath, messages } of await eslint.lintFiles(['.'])) {
    const said = messages.map(({ ruleId, message }) => `${ruleId}: ${message}`);
    found.set(relative(directory, filePath), said);
  }
}, 120_000);

afterAll(() => rmSync(directory, { recursive: true }));

const about = (file: string, rule: string): string[] =>
  (found.get(file) ?? []).filter((said) => said.startsWith(`${rule}: `));

test.each(Object.keys(files).filter((name) => name.includes('clean') || name.includes('system-clock')))(
  'says nothing about %s',
  (file) => {
    expect(found.get(file)).toEqual([]);
  },
);

test.each([
  ['packages/core/src/errors/upward.ts', 'errors may not import app: it may import nothing but itself.'],
  ['packages/core/src/errors/upward-late.ts', 'errors may not import app'],
  ['packages/core/src/registry/sideways.ts', 'registry may not import transport: it may import errors, clock, context'],
  ['packages/core/src/service/inward.ts', 'service may not import rpc'],
  ['packages/core/src/registry/deep/entry.ts', 'index.js is an entry of the package'],
  ['packages/core/src/helpers/homeless.ts', 'packages/core/src/helpers is not in the table of layers'],
])('the layers hold in %s', (file, message) => {
  expect(about(file, 'skerry/layers')).toEqual([expect.stringContaining(message)]);
});

test('a type is an import as well', () => {
  expect(about('packages/core/src/errors/upward-type.ts', 'skerry/layers')).toHaveLength(2);
});

test('an import cycle is reported in each of its files', () => {
  for (const file of ['packages/core/src/codec/circle-1.ts', 'packages/core/src/codec/circle-2.ts']) {
    expect(about(file, 'import-x/no-cycle')).toHaveLength(1);
  }
});

test.each([
  ['packages/core/src/module/inversify.ts', 'no-restricted-imports', 'Only packages/core/src/container'],
  ['packages/core/src/module/inversify.spec.ts', 'no-restricted-imports', 'Only packages/core/src/container'],
  ['packages/core/src/module/itself.ts', 'no-restricted-imports', 'Inside core, import the file'],
  ['packages/nats/src/inside.ts', 'no-restricted-imports', 'Import what the package exports'],
  ['packages/nats/src/by-path.ts', 'skerry/borders', 'This reaches into packages/core: import it by its name'],
  ['packages/nats/src/app.ts', 'skerry/borders', 'This reaches into apps/shop: nothing imports an application'],
  ['apps/shop/apps/stock/src/app.ts', 'skerry/borders', 'This reaches into apps/shop/apps/orders: nothing imports'],
  [
    'apps/shop/apps/stock/src/lib.ts',
    'skerry/borders',
    'This reaches into apps/shop/libs/engines: import it by its name',
  ],
  ['packages/nats/src/undeclared.ts', 'import-x/no-extraneous-dependencies', "'undeclared' should be listed"],
  ['packages/nats/src/private.ts', 'no-restricted-imports', 'libs/ is not published'],
  ['libs/kit/src/package.ts', 'no-restricted-imports', 'libs/ imports no package'],
  ['libs/kit/src/package.spec.ts', 'no-restricted-imports', 'libs/ imports no package'],
])('packages keep to their borders in %s', (file, rule, message) => {
  expect(about(file, rule)).toEqual([expect.stringContaining(message)]);
});

test.each([
  ['date-now.ts', 'no-restricted-properties', 'clock.wallTime'],
  ['new-date.ts', 'no-restricted-syntax', 'clock.wallTime'],
  ['timer-module.ts', 'no-restricted-imports', 'Take a Clock'],
  ['performance-now.ts', 'no-restricted-properties', 'clock.now'],
  ['signal-timeout.ts', 'no-restricted-properties', 'clock.setTimer'],
  ['random.ts', 'no-restricted-properties', 'clock.random'],
  ['sleeps.spec.ts', 'no-restricted-syntax', 'Wait for what is to happen'],
])('time and chance come from the Clock in %s', (file, rule, message) => {
  expect(about(`packages/core/src/registry/${file}`, rule)).toEqual([expect.stringContaining(message)]);
});

test('no timer is set around the Clock, however it is spelled', () => {
  expect(about('packages/core/src/registry/timers.ts', 'no-restricted-globals')).toHaveLength(4);
});

test.each([
  ['cannot-fail.spec.ts', 'jest/expect-expect'],
  ['focused.spec.ts', 'jest/no-focused-tests'],
  ['floating.ts', '@typescript-eslint/no-floating-promises'],
])('a likely mistake is reported in %s', (file, rule) => {
  expect(about(`packages/core/src/registry/${file}`, rule)).toHaveLength(1);
});
