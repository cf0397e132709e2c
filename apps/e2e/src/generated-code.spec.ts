import { mkdir, mkdtemp, readFile, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRegistryStarter, processStarter, type RunningProcess } from '@skerry-private/test-kit';

// What is generated into a workspace as a stranger has it, from packages as they would be published, passes all that the workspace asks for.
describe('code that is generated into a created workspace', () => {
  const startRegistry = packageRegistryStarter(afterAll);
  const startProcess = processStarter(afterAll);
  let folder: string;
  let shop: string;
  let env: Record<string, string | undefined>;

  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'skerry-generated-')));
    shop = join(folder, 'shop');
    await mkdir(join(folder, 'registry'), { mode: 0o700 });
    const registry = await startRegistry();
    const { output: cache } = await run(folder, 'npm', 'config', 'get', 'cache');
    await mkdir(join(cache, '_cacache'), { recursive: true });
    await mkdir(join(folder, 'cache'));
    await symlink(join(cache, '_cacache'), join(folder, 'cache/_cacache'));
    env = {
      ...registry.env,
      npm_config_cache: join(folder, 'cache'),
      SKERRY_LOCAL_REGISTRY_DIR: join(folder, 'registry'),
      NODE_OPTIONS: undefined,
      NODE_ENV: undefined,
      FORCE_COLOR: undefined,
      NO_COLOR: '1',
    };
    await run(folder, 'npm', 'create', '--yes', 'skerry@latest', 'shop', '--', '--yes');
  }, 300_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Rejects with all that it printed, unless it ends with 0. */
  async function run(cwd: string, command: string, ...args: string[]): Promise<RunningProcess> {
    const running = await startProcess(command, args, { cwd, env });
    const { code } = await running.exited;
    if (code !== 0) throw new Error(`${[command, ...args].join(' ')} ended with ${code}:\n${running.output}`);
    return running;
  }

  async function generate(...args: string[]): Promise<string> {
    return (await run(shop, 'npx', 'skerry', 'generate', ...args)).output;
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

  test.each(lines)('skerry generate %s %s writes files, and no second time', async (...args) => {
    expect(await generate(...args)).toMatch(/^(created|updated) /);
    expect(await generate(...args)).toMatch(/^nothing to do: .* is there$/);
  });

  test('engines that the workspace has are left as they are', async () => {
    for (const engine of ['consul', 'rabbitmq']) expect(await generate('engine', engine)).toMatch(/^nothing to do: /);
  });

  test('nx generates the same, and no second time', async () => {
    const nx = async (...args: string[]): Promise<string> => (await run(shop, 'npx', 'nx', 'generate', ...args)).output;
    expect(await nx('@skerry/cli:service', 'audit', '--dry-run')).toContain('CREATE apps/audit/src/audit.service.ts');
    expect(await nx('@skerry/cli:service', 'audit')).toContain('CREATE apps/audit/src/audit.service.ts');
    expect(await nx('@skerry/cli:subscriber', 'audit', 'orders.placed', '--queue=audit')).toContain('UPDATE');
    const again = await nx('@skerry/cli:subscriber', 'audit', 'orders.placed');
    expect(again).toContain('nothing to do: the subscription of audit to orders.placed is there');
    expect(again).not.toContain('UPDATE');
  }, 120_000);

  test('a new service is deployed as the others are', async () => {
    expect(await readFile(join(shop, 'compose.yaml'), 'utf8')).toContain('args: { SERVICE: orders }');
    expect(await readFile(join(shop, 'kubernetes/orders.yaml'), 'utf8')).toContain('image: shop/orders:latest');
  });

  test.each(['typecheck', 'lint', 'build'])(
    'passes npm run %s',
    async (script) => {
      // Links what is new.
      await run(shop, 'npm', 'install');
      await expect(run(shop, 'npm', 'run', script)).resolves.toBeDefined();
    },
    240_000,
  );

  test('passes its own tests', async () => {
    const { output } = await run(shop, 'npm', 'test');
    expect(output).toMatch(/^Tests: +15 passed, 15 total$/m);
  }, 240_000);

  test('runs, and can be called', async () => {
    const orders = await startProcess(process.execPath, ['dist/main.js'], { cwd: join(shop, 'apps/orders'), env });
    await orders.waitForLine(/is serving/, 30_000);
    const { output } = await run(shop, 'npx', 'skerry', 'call', 'orders.place', '{"text":"tea"}');
    expect(output).toBe('{"text":"place: tea"}');
    orders.kill('SIGTERM');
    expect(await orders.exited).toEqual({ code: 0, signal: null });
  }, 60_000);
});
