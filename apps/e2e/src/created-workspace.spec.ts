import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { consulStarter, findConsul, type RunningProcess } from '@skerry-private/test-kit';
import { strangerStarter, type Stranger } from './fixtures/stranger.js';

const consul = await findConsul();

// As a stranger does it: from packages as they would be published, in an empty folder, and nothing of this repository.
describe('a workspace that npm create skerry makes', () => {
  const startStranger = strangerStarter(afterAll);
  const startConsul = consulStarter(afterAll, consul);
  let stranger: Stranger;
  let shop: string;

  beforeAll(async () => {
    stranger = await startStranger();
    ({ shop } = stranger);
  }, 120_000);

  afterAll(() => process.stdout.write(`${stranger.told.map((line) => `    ${line}`).join('\n')}\n`));

  const run = (command: string, ...args: string[]): Promise<RunningProcess> => stranger.run(shop, command, ...args);

  test('comes with all that it needs, and says what to do with it', async () => {
    const output = await stranger.createWorkspace();
    expect(output).toContain('Created shop: two services that call each other, in a git repository. Next:');
    for (const command of ['cd shop', 'npm run dev', 'npm test'])
      expect(output).toMatch(new RegExp(`^ +${command}`, 'm'));
    // Of npm, nothing is seen when all goes well.
    expect(output).not.toMatch(/npm (warn|error)|added \d+ packages/);
    const { version } = JSON.parse(await readFile(join(shop, 'node_modules/@skerry/core/package.json'), 'utf8')) as {
      version: string;
    };
    expect(await readFile(join(shop, 'apps/greeter/package.json'), 'utf8')).toContain(`"@skerry/core": "^${version}"`);
  }, 300_000);

  test('takes no more room than its tools do', async () => {
    const megabytes = (await bytesOnDisk(shop)) / 2 ** 20;
    stranger.told.push(`shop: ${megabytes.toFixed(0)} MiB on disk`);
    expect(megabytes).toBeLessThan(260);
  }, 60_000);

  test('passes its tests', async () => {
    const { output } = await run('npm', 'test');
    expect(output).toMatch(/^Tests: +6 passed, 6 total$/m);
    expect(output).not.toContain('Warning:');
  }, 120_000);

  test('shows who calls whom before anything is built, has nothing too much, and lacks nothing', async () => {
    const drawn = await skerry('graph');
    expect(drawn).toContain('reception AppModule.Reception  ─▶ greeter');
    expect(drawn).toContain('greeted  greeter ─▶ reception.onGreeted');
    expect(await skerry('unused', '--strict')).toBe(
      'greeter needs all that it has.\n\nreception needs all that it has.',
    );
    expect(await skerry('doctor')).toMatch(/reception: apps\/reception\/src\/app\.module\.ts can be put together/);
    expect(await skerry('graph', '--html', '-')).toContain('<title>greeter, reception</title>');
  }, 120_000);

  test.each(['lint', 'typecheck', 'build'])(
    'passes npm run %s',
    async (script) => {
      await run('npm', 'run', script);
      expect(await readdir(join(shop, 'apps/greeter'))).toContain(script === 'build' ? 'dist' : 'src');
    },
    180_000,
  );

  /** Resolves when it serves. */
  async function startService(name: string): Promise<RunningProcess & { url: string }> {
    const service = await stranger.start(join(shop, 'apps', name), process.execPath, 'dist/main.js');
    const [, port] = await service.waitForLine(/is serving .*tcp:\/\/127\.0\.0\.1:(\d+)/, 30_000);
    return Object.assign(service, { url: `http://127.0.0.1:${port}` });
  }

  async function stopInOrder(...services: RunningProcess[]): Promise<void> {
    for (const service of services) service.kill('SIGTERM');
    for (const service of services) expect(await service.exited).toEqual({ code: 0, signal: null });
  }

  async function skerry(...args: string[]): Promise<string> {
    return (await run('npx', 'skerry', ...args)).output;
  }

  test('what it built runs as two processes, that can be called, probed and stopped in order', async () => {
    const services = await Promise.all([startService('greeter'), startService('reception')]);
    expect(await skerry('call', 'reception.welcome', '{"name":"Ada"}')).toBe('{"message":"Hello Ada, welcome in."}');
    expect(await skerry('call', 'reception.countdown', '{"from":2}')).toBe('{"left":2}\n{"left":1}');
    // The event went from one process to the other.
    expect(await skerry('call', 'reception.guests')).toBe('{"names":["Ada"]}');
    for (const { url } of services) {
      for (const probe of ['ready', 'live']) expect((await fetch(`${url}/health/${probe}`)).status).toBe(200);
    }
    await stopInOrder(...services);
  }, 120_000);

  test('npm run dev runs both from their sources, until Ctrl-C', async () => {
    const dev = await stranger.start(shop, 'npm', 'run', 'dev');
    for (const name of ['greeter', 'reception']) await dev.waitForLine(`${name} is ready`, 60_000);
    expect(await skerry('call', 'reception.welcome', '{"name":"Eve"}')).toContain('Hello Eve');
    // As a terminal does: npm, the command and the services get it.
    process.kill(-dev.pid, 'SIGINT');
    // npm ends as it was told to, once the command has.
    expect(await dev.exited).toEqual({ code: null, signal: 'SIGINT' });
    for (const name of ['greeter', 'reception']) expect(dev.output).toContain(`${name} has stopped`);
  }, 120_000);

  (consul ? test : test.skip)(
    'one variable moves them to Consul, as their containers are told',
    async () => {
      const agent = await startConsul();
      stranger.env = { ...stranger.env, CONSUL_HTTP_ADDR: agent.url };
      const services = await Promise.all([startService('greeter'), startService('reception')]);
      const registered = (await (await fetch(`${agent.url}/v1/catalog/services`)).json()) as object;
      expect(Object.keys(registered)).toEqual(expect.arrayContaining(['greeter', 'reception']));
      const app = ['--app', 'apps/reception/dist/app.module.js'];
      expect(await skerry('call', 'reception.welcome', '{"name":"Bob"}', ...app)).toContain('Hello Bob');
      expect(await skerry('call', 'reception.guests', ...app)).toBe('{"names":["Bob"]}');
      await stopInOrder(...services);
    },
    120_000,
  );

  test('git has nothing to say about what was installed and built', async () => {
    const { output } = await run('git', 'status', '--porcelain', '--untracked-files=all');
    expect(output).toContain('?? package-lock.json');
    expect(output).toContain('?? .gitignore');
    expect(output).not.toMatch(/node_modules|dist\/|\.nx/);
  });
});

/** As du counts: blocks rather than lengths. */
async function bytesOnDisk(path: string): Promise<number> {
  const { blocks } = await lstat(path);
  const entries = await readdir(path, { withFileTypes: true });
  const sizes = await Promise.all(
    entries.map(async (entry) => {
      const child = join(path, entry.name);
      return entry.isDirectory() ? bytesOnDisk(child) : (await lstat(child)).blocks * 512;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, blocks * 512);
}
