import { mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { RunningProcess } from '@skerry-private/test-kit';
import { strangerStarter, type Stranger } from './fixtures/stranger.js';

// What is generated into a workspace as a stranger has it, from packages as they would be published, passes all that the workspace asks for.
describe('code that is generated into a created workspace', () => {
  const startStranger = strangerStarter(afterAll);
  let stranger: Stranger;
  let shop: string;

  beforeAll(async () => {
    stranger = await startStranger();
    ({ shop } = stranger);
    await stranger.createWorkspace();
  }, 300_000);

  const run = (command: string, ...args: string[]): Promise<RunningProcess> => stranger.run(shop, command, ...args);

  async function generate(...args: string[]): Promise<string> {
    return (await run(process.execPath, 'node_modules/@skerry/cli/bin/skerry.js', 'generate', ...args)).output;
  }

  const lines: readonly (readonly string[])[] = [
    ['service', 'orders'],
    ['handler', 'orders.place', '--idempotent'],
    ['handler', 'orders.watch', '--stream', '--read-only'],
    ['handler', 'greeter.shout'],
    ['subscriber', 'orders', 'orders.placed', '--queue', 'orders'],
    ['subscriber', 'orders', 'greeted'],
    ['module', 'billing', '--app', 'orders'],
    ['interceptor', 'timing', '--app', 'orders'],
    ['service', 'refunds', '--app', 'orders'],
    ['client', 'greeter', '--into', 'Orders'],
    ['client', 'orders', '--into', 'reception'],
    ...['grpc', 'websocket', 'protobuf', 'msgpack', 'bson'].map((engine) => ['engine', engine]),
    ['engine', 'lmdb', '--app', 'orders'],
  ];

  test.each(lines)(
    'skerry generate %s %s writes files, and no second time',
    async (...args) => {
      expect(await generate(...args)).toMatch(/^(created|updated) /m);
      expect(await generate(...args)).toMatch(/^nothing to do: .* is there$/);
    },
    120_000,
  );

  test('what was added to a package.json is installed, and only then anything', async () => {
    const link = await realpath(join(shop, 'node_modules/@shop/orders'));
    expect(link).toBe(join(shop, 'apps/orders'));
    expect(JSON.parse(await readFile(join(shop, 'node_modules/@skerry/bson/package.json'), 'utf8'))).toMatchObject({
      name: '@skerry/bson',
    });
    expect(await generate('module', 'returns', '--app', 'orders')).not.toContain('Installing');
    const later = await generate('service', 'later', '--skip-install');
    expect(later).toContain('next  npm install');
    await expect(realpath(join(shop, 'node_modules/@shop/later'))).rejects.toThrow('ENOENT');
  }, 60_000);

  test('engines that the workspace has are left as they are', async () => {
    for (const engine of ['consul', 'rabbitmq']) expect(await generate('engine', engine)).toMatch(/^nothing to do: /);
  }, 60_000);

  test('nx generates the same, and no second time', async () => {
    const nx = async (...args: string[]): Promise<string> => (await run('npx', 'nx', 'generate', ...args)).output;
    expect(await nx('@skerry/cli:service', 'audit', '--dry-run')).toContain('CREATE apps/audit/src/audit.service.ts');
    const made = await nx('@skerry/cli:service', 'audit');
    expect(made).toContain('CREATE apps/audit/src/audit.service.ts');
    expect(made).toContain('Installing the workspace with npm');
    // It brings in what was left aside before.
    for (const name of ['audit', 'later']) {
      expect(await realpath(join(shop, 'node_modules/@shop', name))).toBe(join(shop, 'apps', name));
    }
    expect(await nx('@skerry/cli:subscriber', 'audit', 'orders.placed', '--queue=audit')).toContain('UPDATE');
    const again = await nx('@skerry/cli:subscriber', 'audit', 'orders.placed');
    expect(again).toContain('nothing to do: the subscription of audit to orders.placed is there');
    expect(again).not.toContain('UPDATE');
  }, 240_000);

  test('where nx cannot install, it fails, says what to write, and keeps the files', async () => {
    const bin = join(stranger.folder, 'bin');
    await mkdir(bin);
    await writeFile(join(bin, 'npm'), '#!/bin/sh\necho "npm error network" >&2\nexit 4\n', { mode: 0o755 });
    const env = { ...stranger.env, PATH: `${bin}${delimiter}${process.env['PATH']}` };
    const nx = ['node_modules/.bin/nx', 'generate', '@skerry/cli:service', 'returns'];
    const failing = await stranger.startProcess(process.execPath, nx, { cwd: shop, env });
    expect((await failing.exited).code).toBe(1);
    expect(failing.output).toContain('npm error network');
    expect(failing.output).toContain('All files are written; to try again: npm install');
    expect(await readFile(join(shop, 'apps/returns/package.json'), 'utf8')).toContain('@shop/returns');
    await run('npm', 'install');
  }, 120_000);

  test('a new service is deployed as the others are', async () => {
    expect(await readFile(join(shop, 'compose.yaml'), 'utf8')).toContain('args: { SERVICE: orders }');
    expect(await readFile(join(shop, 'kubernetes/orders.yaml'), 'utf8')).toContain('image: shop/orders:latest');
  });

  test.each(['typecheck', 'lint', 'build'])(
    'passes npm run %s',
    async (script) => {
      await expect(run('npm', 'run', script)).resolves.toBeDefined();
    },
    240_000,
  );

  test('passes its own tests', async () => {
    const { output } = await run('npm', 'test');
    expect(output).toMatch(/^Tests: +16 passed, 16 total$/m);
  }, 240_000);

  test('runs, and can be called', async () => {
    const orders = await stranger.start(join(shop, 'apps/orders'), process.execPath, 'dist/main.js');
    await orders.waitForLine(/is serving/, 30_000);
    const { output } = await run('npx', 'skerry', 'call', 'orders.place', '{"text":"tea"}');
    expect(output).toBe('{"text":"place: tea"}');
    orders.kill('SIGTERM');
    expect(await orders.exited).toEqual({ code: 0, signal: null });
  }, 60_000);
});
