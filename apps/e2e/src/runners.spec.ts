import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { processStarter, type RunningProcess } from '@skerry-private/test-kit';
import { transform } from '@swc/core';

const root = resolve(import.meta.dirname, '../../..');
const sources = resolve(import.meta.dirname, 'runners');
const startProcess = processStarter(afterEach);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skerry-runners-'));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The sample as it stands, but for the runner that gives it `test`. */
async function copySample(runner: string): Promise<void> {
  const text = await readFile(join(sources, 'orders.test.ts'), 'utf8');
  await writeFile(join(folder, 'orders.test.ts'), text.replace("'node:test'", `'${runner}'`));
  await cp(join(sources, 'orders.ts'), join(folder, 'orders.ts'));
}

async function run(args: readonly string[], nodeOptions = ''): Promise<RunningProcess> {
  const env = {
    NODE_OPTIONS: nodeOptions,
    NO_COLOR: '1',
    FORCE_COLOR: undefined,
    NODE_TEST_CONTEXT: undefined,
    CI: '1',
  };
  const process_ = await startProcess(process.execPath, args, { cwd: folder, env });
  await process_.exited;
  return process_;
}

describe('a test file of an application', () => {
  test('passes under Jest', async () => {
    await copySample('@jest/globals');
    await cp(join(sources, 'jest/jest.config.mjs'), join(folder, 'jest.config.mjs'));
    const { output, exited } = await run(['node_modules/jest/bin/jest.js'], '--experimental-vm-modules');
    expect(output).toContain('Tests:       3 passed, 3 total');
    expect(await exited).toEqual({ code: 0, signal: null });
  }, 120_000);

  test('passes under Vitest', async () => {
    await copySample('vitest');
    await cp(join(sources, 'vitest/vitest.config.mjs'), join(folder, 'vitest.config.mjs'));
    const { output, exited } = await run(['node_modules/vitest/vitest.mjs', 'run']);
    expect(output).toMatch(/Tests\s+3 passed \(3\)/);
    expect(await exited).toEqual({ code: 0, signal: null });
  }, 120_000);

  test('passes under node:test', async () => {
    for (const name of ['orders', 'orders.test']) {
      const { code } = await transform(await readFile(join(sources, `${name}.ts`), 'utf8'), {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
      });
      await writeFile(join(folder, `${name}.js`), code);
    }
    const { output, exited } = await run(['--test', '--test-reporter=tap', 'orders.test.js']);
    expect(output).toContain('# pass 3');
    expect(await exited).toEqual({ code: 0, signal: null });
  }, 120_000);
});
