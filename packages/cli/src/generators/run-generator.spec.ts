import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '@skerry-private/test-kit';
import { fakeProgram } from '../fixtures/fake-program.js';
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

/** Where packages are installed by whatever {@link installer} was put there. */
let path: Record<string, string>;
beforeEach(async () => (path = await installer('npm', 'echo "$@" >> installed; echo noise; echo noise >&2')));

const installer = (name: string, script: string): Promise<Record<string, string>> => fakeProgram(name, script, folder);

function terminalOf(cwd: string): MemoryTerminal {
  return new MemoryTerminal({ cwd, env: { NO_COLOR: '1', ...path } });
}

async function skerry(
  args: readonly string[],
  cwd = folder,
): Promise<MemoryTerminal & { exitCode: number | undefined }> {
  const terminal = terminalOf(cwd);
  const exitCode = await runProgram(args, terminal);
  return Object.assign(terminal, { exitCode });
}

test('what it does is told file by file, with what is left to do', async () => {
  const { stdout, stderr, exitCode } = await skerry(['g', 'handler', 'greeter.hello']);
  expect(stdout.lines).toEqual([
    'created libs/contracts/src/greeter.ts',
    'updated apps/greeter/package.json',
    'updated libs/contracts/src/index.ts',
    'updated apps/greeter/src/greeter.service.ts',
    'created apps/greeter/src/greeter.service.spec.ts',
    `next  skerry call greeter.hello '{"text":"tea"}'`,
  ]);
  expect(stderr.text).toBe('Installing the workspace with npm ...\n');
  expect(await read('installed')).toBe('install --no-audit --no-fund\n');
  expect(exitCode).toBe(0);
  const again = await skerry(['generate', 'handler', 'greeter.hello']);
  expect(again.stdout.text).toBe('nothing to do: the handler greeter.hello is there\n');
  expect(await read('installed')).toBe('install --no-audit --no-fund\n');
});

test('nothing is installed where no package.json asks for anything new', async () => {
  const { stderr, exitCode } = await skerry(['generate', 'module', 'billing']);
  expect([stderr.text, exitCode]).toEqual(['', 0]);
  expect(await readdir(folder)).not.toContain('installed');
});

test('--skip-install leaves it to the user, and says what to write, from where he stands', async () => {
  const { stdout, exitCode } = await skerry(
    ['generate', 'engine', 'bson', '--skip-install'],
    join(folder, 'apps/greeter'),
  );
  expect(stdout.lines.at(-1)).toBe('next  cd ../.. && npm install');
  expect(exitCode).toBe(0);
  expect(await readdir(folder)).not.toContain('installed');
});

test('the package manager whose lock file is there installs', async () => {
  await write('pnpm-lock.yaml', '');
  path = await installer('pnpm', 'echo "$@" > installed-by-pnpm');
  const { stderr } = await skerry(['generate', 'engine', 'bson']);
  expect(stderr.text).toBe('Installing the workspace with pnpm ...\n');
  expect(await read('installed-by-pnpm')).toBe('install --no-frozen-lockfile\n');
});

test('an installation that fails keeps the files, shows what npm said, says what to write, and exits with 1', async () => {
  path = await installer('npm', 'echo "npm error network" >&2; exit 4');
  const { stdout, stderr, exitCode } = await skerry(['generate', 'engine', 'bson'], join(folder, 'apps/greeter/src'));
  expect(stdout.lines).toEqual(['updated apps/greeter/src/app.module.ts', 'updated apps/greeter/package.json']);
  expect(stderr.text).toContain('npm error network\n');
  expect(stderr.text).toContain(
    'SKERRY_CLI_INSTALL_FAILED  Cannot install what the workspace needs: npm install ended with exit code 4. All files are written; ' +
      'to try again: cd ../../.. && npm install\n',
  );
  expect(exitCode).toBe(1);
  expect(await read('apps/greeter/package.json')).toContain('@skerry/bson');
});

test('for programs a failed installation is told beside what was written', async () => {
  path = await installer('npm', 'exit 4');
  const { stdout, stderr, exitCode } = await skerry(['generate', 'engine', 'bson', '--json']);
  expect(JSON.parse(stdout.text)).toMatchObject({ done: 'changed', installed: false, next: ['npm install'] });
  expect(JSON.parse(stderr.text)).toMatchObject({ code: 'SKERRY_CLI_INSTALL_FAILED' });
  expect(exitCode).toBe(1);
});

test('Ctrl-C ends the installation, keeps the files, and tells what is left to do', async () => {
  path = await installer(
    'npm',
    `trap 'echo > ended; exit 143' TERM; echo $$ > pid.part; mv pid.part pid; while true; do sleep 0.05; done`,
  );
  const terminal = terminalOf(folder);
  const running = runProgram(['generate', 'engine', 'bson'], terminal);
  await eventually(async () => expect(await readdir(folder)).toContain('pid'));
  terminal.interrupt();
  expect(await running).toBe(130);
  expect(terminal.stderr.text).toContain(
    'All files are written, and their packages not installed. To go on: npm install\n',
  );
  expect(await read('apps/greeter/package.json')).toContain('@skerry/bson');
  expect(await readdir(folder)).toContain('ended');
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
    installed: true,
    next: [],
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
