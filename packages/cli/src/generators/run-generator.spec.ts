import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { greeterWorkspace } from '../fixtures/memory-tree.js';
import { MemoryTerminal } from '../fixtures/memory-terminal.js';
import { runProgram } from '../program.js';

let folder: string;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'skerry-generate-')));
  for (const [path, text] of Object.entries(greeterWorkspace)) await write(path, text);
});
afterEach(() => rm(folder, { recursive: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

const read = (path: string): Promise<string> => readFile(join(folder, path), 'utf8');

async function skerry(
  args: readonly string[],
  cwd = folder,
): Promise<MemoryTerminal & { exitCode: number | undefined }> {
  const terminal = new MemoryTerminal({ cwd, env: { NO_COLOR: '1' } });
  const exitCode = await runProgram(args, terminal);
  return Object.assign(terminal, { exitCode });
}

test('what it does is told file by file, with what is left to do', async () => {
  const { stdout, exitCode } = await skerry(['g', 'handler', 'greeter.hello']);
  expect(stdout.lines).toEqual([
    'created libs/contracts/src/greeter.ts',
    'updated apps/greeter/package.json',
    'updated libs/contracts/src/index.ts',
    'updated apps/greeter/src/greeter.service.ts',
    'created apps/greeter/src/greeter.service.spec.ts',
    'next  npm install',
    `      skerry call greeter.hello '{"text":"tea"}'`,
  ]);
  expect(exitCode).toBe(0);
  const again = await skerry(['generate', 'handler', 'greeter.hello']);
  expect(again.stdout.text).toBe('nothing to do: the handler greeter.hello is there\n');
});

test('--dry-run says what it would do, and does nothing', async () => {
  const { stdout } = await skerry(['generate', 'module', 'billing', '--dry-run']);
  expect(stdout.lines).toEqual([
    'would create apps/greeter/src/billing/billing.module.ts',
    'would update apps/greeter/src/app.module.ts',
  ]);
  expect(await readdir(join(folder, 'apps/greeter/src'))).not.toContain('billing');
  expect(await read('apps/greeter/src/app.module.ts')).toBe(greeterWorkspace['apps/greeter/src/app.module.ts']);
});

test('--json is for programs, in any directory of the workspace', async () => {
  const { stdout } = await skerry(['generate', 'engine', 'bson', '--json'], join(folder, 'apps/greeter/src'));
  expect(JSON.parse(stdout.text)).toEqual({
    what: 'BsonModule in greeter',
    done: 'changed',
    dryRun: false,
    changes: [
      { file: 'apps/greeter/src/app.module.ts', done: 'updated' },
      { file: 'apps/greeter/package.json', done: 'updated' },
    ],
    next: ['npm install'],
  });
  const again = await skerry(['generate', 'engine', 'bson', '--json']);
  expect(JSON.parse(again.stdout.text)).toMatchObject({ done: 'unchanged', changes: [], next: [] });
});

test('a file that does not parse is told with its place, and nothing is written', async () => {
  await write('apps/greeter/src/app.module.ts', '@Module({\n  imports: [A B],\n})\nexport class AppModule {}\n');
  const { stderr, exitCode } = await skerry(['generate', 'interceptor', 'timing']);
  expect(stderr.lines[0]).toMatch(/^SKERRY_CLI_USAGE {2}Cannot read apps\/greeter\/src\/app\.module\.ts:2:15: /);
  expect(exitCode).toBe(2);
  expect(await readdir(join(folder, 'apps/greeter/src'))).toEqual(['app.module.ts', 'greeter.service.ts']);
});

test('package.json is written as it was written', async () => {
  const text = '{\r\n\t"name": "@shop/greeter",\r\n\t"dependencies": {\r\n\t\t"@skerry/core": "^0.1.0"\r\n\t}\r\n}';
  await write('apps/greeter/package.json', text);
  await chmod(join(folder, 'apps/greeter/package.json'), 0o640);
  await skerry(['generate', 'engine', 'bson']);
  expect(await read('apps/greeter/package.json')).toBe(
    text.replace('"@skerry/core"', '"@skerry/bson": "^0.1.0",\r\n\t\t"@skerry/core"'),
  );
  expect((await stat(join(folder, 'apps/greeter/package.json'))).mode & 0o777).toBe(0o640);
});

test('the format is that of the workspace, for files that have it', async () => {
  await mkdir(join(folder, 'node_modules'));
  await symlink(
    fileURLToPath(new URL('../../../../node_modules/prettier', import.meta.url)),
    join(folder, 'node_modules/prettier'),
  );
  await write('.prettierrc', '{ "semi": false, "singleQuote": false }');
  await skerry(['generate', 'handler', 'greeter.hello']);
  expect(await read('libs/contracts/src/greeter.ts')).toContain('import "@skerry/core"\n');
  // It was in another format, and is left in it.
  expect(await read('apps/greeter/src/greeter.service.ts')).toContain(
    `import { Handler, Service } from '@skerry/core';\n`,
  );
});

test('outside of any package it says so', async () => {
  const { stderr, exitCode } = await skerry(['generate', 'service', 'orders'], '/');
  expect(stderr.lines[0]).toContain('Cannot find a workspace: there is no package.json in /');
  expect(exitCode).toBe(2);
});

test('a client from the registry and one in a class are not asked for at once', async () => {
  const both = await skerry(['generate', 'client', 'greeter', '--into', 'Greeter', '--out', 'a.ts']);
  expect(both.stderr.text).toContain(`option '--into <class>' cannot be used with option '--out <file>'`);
  const dry = await skerry(['generate', 'client', 'greeter', '--dry-run']);
  expect(dry.stderr.text).toContain('Cannot use --dry-run without --into');
});
