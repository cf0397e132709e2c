import { mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fakeProgram } from '../fixtures/fake-program.js';
import { MemoryTerminal } from '../fixtures/memory-terminal.js';
import { runProgram } from '../program.js';

let cwd: string;
beforeEach(async () => {
  cwd = await realpath(await mkdtemp(join(tmpdir(), 'skerry-new-')));
});
afterEach(() => rm(cwd, { recursive: true }));

type Options = ConstructorParameters<typeof MemoryTerminal>[0];

function terminalWith(options: Options = {}): MemoryTerminal {
  return new MemoryTerminal({ cwd, ...options, env: { PATH: process.env['PATH'], NO_COLOR: '1', ...options.env } });
}

async function skerry(args: readonly string[], options?: Options) {
  const terminal = terminalWith(options);
  const exitCode = await runProgram(['new', ...args], terminal);
  return { exitCode, out: terminal.stdout.text, err: terminal.stderr.text };
}

const fakeNpm = (script: string): Promise<Record<string, string>> => fakeProgram('npm', script, cwd);

const exists = (path: string): Promise<boolean> =>
  stat(join(cwd, path)).then(
    () => true,
    () => false,
  );

test('writes a workspace in a repository, and tells what to do next', async () => {
  const { exitCode, out, err } = await skerry(['shop', '--no-install']);
  expect(out).toBe(`Created shop: two services that call each other, in a git repository. Next:

  cd shop
  npm install  what it needs
  npm run dev  both services, and again what changes
  npm test     each alone, and both together
`);
  expect(err).toBe('');
  expect(exitCode).toBe(0);
  expect(await readdir(join(cwd, 'shop'))).toEqual(
    expect.arrayContaining(['.git', '.gitignore', 'apps', 'libs', 'package.json', 'Dockerfile']),
  );
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  expect(await readFile(join(cwd, 'shop/apps/greeter/package.json'), 'utf8')).toContain(
    `"@skerry/core": "^${version}"`,
  );
});

test('installs with npm, whose output nobody sees', async () => {
  const env = await fakeNpm('echo "$@" > npm-was-called; echo noise; echo noise >&2');
  const { exitCode, out, err } = await skerry(['shop', '--no-git'], { env });
  expect(err).toBe('Installing shop with npm ...\n');
  expect(out).toMatch(/^Created shop: two services that call each other. Next:\n\n {2}cd shop\n {2}npm run dev/);
  expect(exitCode).toBe(0);
  expect(await readFile(join(cwd, 'shop/npm-was-called'), 'utf8')).toBe('install --no-audit --no-fund\n');
  expect(await exists('shop/.git')).toBe(false);
});

test('an installation that fails shows what npm said, keeps the workspace, and exits with 1', async () => {
  const env = await fakeNpm('echo "npm error 404 no such package" >&2; exit 4');
  const { exitCode, out, err } = await skerry(['shop'], { env });
  expect(err).toContain('npm error 404 no such package');
  expect(err).toContain(
    'SKERRY_CLI_INSTALL_FAILED  Cannot install what shop needs: npm install ended with exit code 4. The workspace itself is complete; to try again: cd shop && npm install\n',
  );
  expect(out).toBe('');
  expect(exitCode).toBe(1);
  expect(await exists('shop/package.json')).toBe(true);
});

test('without an npm, that is what it says', async () => {
  await mkdir(join(cwd, 'empty'));
  const { exitCode, err } = await skerry(['shop', '--no-git'], { env: { PATH: join(cwd, 'empty') } });
  expect(err).toMatch(/ENOENT[^]*SKERRY_CLI_INSTALL_FAILED .* npm install did not run to its end/);
  expect(exitCode).toBe(1);
});

test('Ctrl-C ends npm, and tells what is left to do', async () => {
  const env = await fakeNpm(`trap 'echo > ended; exit 143' TERM; echo $$ > pid; while true; do sleep 0.05; done`);
  const terminal = terminalWith({ env });
  const running = runProgram(['new', 'shop'], terminal);
  while (!(await exists('shop/pid'))) await new Promise(setImmediate);
  terminal.interrupt();
  expect(await running).toBe(130);
  expect(terminal.stderr.text).toContain('shop was created, and not installed. To go on: cd shop && npm install\n');
  expect(terminal.stdout.text).toBe('');
  expect(await exists('shop/ended')).toBe(true);
});

describe('asked at a terminal', () => {
  /** Its user types these lines. */
  const typing = (...lines: string[]): Options => ({ isTTY: true, stdin: lines.map((line) => `${line}\n`).join('') });

  test('three questions, whose answers may be empty', async () => {
    const env = await fakeNpm('true');
    const { exitCode, err } = await skerry([], { ...typing('', '', ''), env });
    expect(err.match(/\?/g)).toHaveLength(3);
    expect(err).toContain(
      'Name of the workspace? (shop) Scope of its packages? (@shop) Install what it needs with npm now?',
    );
    expect(exitCode).toBe(0);
    expect(await exists('shop/package.json')).toBe(true);
  });

  test('answers are used, and one that cannot be is asked for again', async () => {
    const { exitCode, err } = await skerry(['--no-git'], typing('My Store', 'my-store', '@acme', 'perhaps', 'n'));
    expect(err).toContain('fix  name it like my-store');
    expect(exitCode).toBe(0);
    expect(await readFile(join(cwd, 'my-store/apps/greeter/package.json'), 'utf8')).toContain('"@acme/greeter"');
    expect(await exists('my-store/.git')).toBe(false);
  });

  test('nothing that the command line says', async () => {
    const { exitCode, err } = await skerry(['shop', '--scope', 'acme', '--no-install'], typing());
    expect(err).toBe('');
    expect(exitCode).toBe(0);
  });

  test('nothing with --yes', async () => {
    const env = await fakeNpm('true');
    const { exitCode, err } = await skerry(['shop', '--yes'], { ...typing(), env });
    expect(err).not.toContain('?');
    expect(exitCode).toBe(0);
  });

  test('the seconds that npm takes, in a line that is gone afterwards', async () => {
    const env = await fakeNpm('true');
    const { err } = await skerry(['shop', '--yes'], { ...typing(), env });
    // eslint-disable-next-line no-control-regex -- That is what it is.
    expect(err).toMatch(/^\r\x1b\[KInstalling shop with npm 0 s(\r\x1b\[K.*)?\r\x1b\[K$/);
  });

  test('Ctrl-C creates nothing', async () => {
    const terminal: MemoryTerminal = terminalWith({ isTTY: true, stdin: neverAnswered(() => terminal) });
    expect(await runProgram(['new'], terminal)).toBe(130);
    expect(terminal.stderr.text).toContain('Nothing was created.\n');
    expect(await readdir(cwd)).toEqual([]);
  });

  /** As standard input does when the signal is aborted. */
  async function* neverAnswered(terminal: () => MemoryTerminal): AsyncGenerator<string> {
    yield '';
    terminal().interrupt();
    throw new Error('aborted');
  }
});

test('--json is for programs: one line, and nothing else', async () => {
  const env = await fakeNpm('true');
  const { exitCode, out, err } = await skerry(['shop', '--scope', '@acme', '--json'], { env });
  expect(err).toBe('');
  expect(JSON.parse(out)).toEqual({
    folder: join(cwd, 'shop'),
    name: 'shop',
    scope: '@acme',
    files: expect.any(Number),
    git: 'created',
    installed: true,
    next: ['cd shop', 'npm run dev', 'npm test'],
  });
  expect(exitCode).toBe(0);
});

test('--json tells what npm said in the error', async () => {
  const env = await fakeNpm('echo nothing there; exit 1');
  const { err } = await skerry(['shop', '--json'], { env });
  expect(JSON.parse(err)).toMatchObject({
    code: 'SKERRY_CLI_INSTALL_FAILED',
    details: { folder: join(cwd, 'shop'), output: 'nothing there' },
  });
});

test('inside of another repository none is made', async () => {
  await mkdir(join(cwd, '.git'));
  const { out } = await skerry(['backend/shop', '--no-install', '--json']);
  expect(JSON.parse(out)).toMatchObject({ git: 'existing', next: expect.arrayContaining(['cd backend/shop']) });
  expect(await exists('backend/shop/.git')).toBe(false);
});

test.each([['["apps/*"]'], ['{"packages":["./apps/**"]}']])(
  'a package of another workspace, which has %s, is none of its own',
  async (workspaces) => {
    await mkdir(join(cwd, 'apps'));
    await writeFile(join(cwd, 'package.json'), `{"workspaces":${workspaces}}`);
    const { exitCode, err } = await skerry(['payments', '--no-install'], { cwd: join(cwd, 'apps') });
    expect(err).toContain(`Cannot create payments: it would be a package of the workspace ${cwd}`);
    expect(err).toContain('skerry generate service payments');
    expect(exitCode).toBe(2);
    expect((await skerry(['backend/shop', '--no-install'])).exitCode).toBe(0);
  },
);

test('the working directory itself is called "."', async () => {
  await mkdir(join(cwd, 'shop'));
  const { out } = await skerry(['.', '--no-install', '--no-git'], { cwd: join(cwd, 'shop') });
  expect(out).toMatch(/^Created \.: .*\n\n {2}npm install/);
  expect(await exists('shop/package.json')).toBe(true);
});

test.each(['pnpm/9.1.0 npm/? node/v20.19.0 linux x64', 'yarn/1.22.22 npm/? node/v20.19.0'])(
  'called by %s, it says that npm installs',
  async (npm_config_user_agent) => {
    const { err, exitCode } = await skerry(['shop', '--no-install'], { env: { npm_config_user_agent } });
    expect(err).toMatch(/^A workspace is installed by npm, whatever starts this command; (pnpm|yarn) is left out\.\n$/);
    expect(exitCode).toBe(0);
  },
);

test.each([
  [[], 'Cannot create a workspace without a name.\n  fix  name it: skerry new shop'],
  [['My Shop'], 'fix  name it like my-shop'],
  [['shop', '--scope', 'swc'], "Cannot use the scope 'swc': @swc/core is a package of somebody else"],
])('%j is a usage error, and nothing is written', async (args, told) => {
  const { exitCode, out, err } = await skerry(args);
  expect(err).toContain(told);
  expect(out).toBe('');
  expect(exitCode).toBe(2);
  expect(await readdir(cwd)).toEqual([]);
});

test('a place inside of a file is a usage error', async () => {
  await writeFile(join(cwd, 'file'), '');
  const { exitCode, err } = await skerry(['file/shop', '--no-install']);
  expect(err).toMatch(/SKERRY_CLI_USAGE {2}Cannot create file\/shop: ENOTDIR.*\n {2}fix {2}choose another folder/);
  expect(exitCode).toBe(2);
});
