import { cp, lstat, mkdir, mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, sep } from 'node:path';
import { cachedPackage, packageRegistryStarter, processStarter, type RunningProcess } from '@skerry-private/test-kit';

/** As npm has them. What `skerry new` writes where there is none on the machine is for the same. */
const managers = [
  { name: 'pnpm', from: 'pnpm', version: '12.21.0', lockFile: 'pnpm-lock.yaml' },
  { name: 'yarn', from: '@yarnpkg/cli-dist', version: '4.18.1', lockFile: 'yarn.lock' },
] as const;

// As a stranger does it: from packages as they would be published, in an empty folder, and nothing of this repository.
describe.each(managers)('a workspace that $name create skerry makes', ({ name, from, version, lockFile }) => {
  const startRegistry = packageRegistryStarter(afterAll);
  const startProcess = processStarter(afterAll);
  let folder: string;
  let shop: string;
  let env: Record<string, string | undefined>;
  const told: string[] = [];

  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), `skerry-${name}-`)));
    shop = join(folder, 'shop');
    await mkdir(join(folder, 'registry'), { mode: 0o700 });
    const [registry, program] = await Promise.all([startRegistry(), cachedPackage(from, version)]);
    const bin = join(program.slice(0, program.lastIndexOf(`${sep}node_modules${sep}`)), 'node_modules/.bin');
    env = {
      ...registry.env,
      PATH: [bin, process.env['PATH']].join(delimiter),
      pnpm_config_registry: registry.url,
      YARN_NPM_REGISTRY_SERVER: registry.url,
      YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1',
      // What is packed here was never published, so it is of no age.
      YARN_NPM_MINIMAL_AGE_GATE: '0',
      YARN_ENABLE_TELEMETRY: '0',
      // What they keep would be of packages that an earlier run has packed.
      YARN_GLOBAL_FOLDER: join(folder, 'kept/yarn'),
      XDG_DATA_HOME: join(folder, 'kept/data'),
      XDG_CACHE_HOME: join(folder, 'kept/cache'),
      SKERRY_LOCAL_REGISTRY_DIR: join(folder, 'registry'),
      // There they would refuse to change a lock file.
      CI: undefined,
      NODE_OPTIONS: undefined,
      NODE_ENV: undefined,
      FORCE_COLOR: undefined,
      NO_COLOR: '1',
    };
  }, 180_000);

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
    process.stdout.write(`${told.map((line) => `    ${line}`).join('\n')}\n`);
  });

  /** Rejects with all that it printed, unless it ends with 0. */
  async function run(cwd: string, command: string, ...args: string[]): Promise<string> {
    const begun = performance.now();
    const running = await startProcess(command, args, { cwd, env });
    const { code } = await running.exited;
    if (code !== 0) throw new Error(`${[command, ...args].join(' ')} ended with ${code}:\n${running.output}`);
    told.push(`${[command, ...args].join(' ')}: ${((performance.now() - begun) / 1_000).toFixed(1)} s`);
    return running.output;
  }

  test('is installed by it, and says what to do with it', async () => {
    expect(await run(folder, name, '--version')).toContain(version);
    const output = await run(folder, name, 'create', 'skerry@latest', 'shop', '--yes');
    expect(output).toContain('Created shop: two services that call each other, in a git repository. Next:');
    for (const command of ['cd shop', `${name} dev`, `${name} test`])
      expect(output).toMatch(new RegExp(`^ +${command}`, 'm'));
    expect((await lstat(join(shop, lockFile))).size).toBeGreaterThan(10_000);
    expect(await readdir(shop)).not.toContain('package-lock.json');
  }, 300_000);

  test.each(['test', 'lint', 'typecheck', 'build'])(
    `passes ${name} %s`,
    async (script) => {
      await run(shop, name, 'run', script);
      expect(await readdir(join(shop, 'apps/greeter'))).toContain(script === 'build' ? 'dist' : 'src');
    },
    180_000,
  );

  /** Resolves when it serves. */
  async function startService(workspace: string, service: string): Promise<RunningProcess> {
    const cwd = join(workspace, 'apps', service);
    const running = await startProcess(process.execPath, ['dist/main.js'], { cwd, env });
    await running.waitForLine(/is serving .*tcp:/, 30_000);
    return running;
  }

  async function stopInOrder(...services: RunningProcess[]): Promise<void> {
    for (const service of services) service.kill('SIGTERM');
    for (const service of services) expect(await service.exited).toEqual({ code: 0, signal: null });
  }

  const skerry = (...args: string[]): Promise<string> => run(shop, name, 'skerry', ...args);

  test('what it built runs as two processes that call each other', async () => {
    const services = await Promise.all([startService(shop, 'greeter'), startService(shop, 'reception')]);
    expect(await skerry('call', 'reception.welcome', '{"name":"Ada"}')).toContain(
      '{"message":"Hello Ada, welcome in."}',
    );
    expect(await skerry('call', 'reception.guests')).toContain('{"names":["Ada"]}');
    await stopInOrder(...services);
  }, 120_000);

  test(`${name} dev runs both from their sources, until Ctrl-C`, async () => {
    const dev = await startProcess(name, ['dev'], { cwd: shop, env });
    for (const service of ['greeter', 'reception']) await dev.waitForLine(`${service} is ready`, 60_000);
    expect(await skerry('call', 'reception.welcome', '{"name":"Eve"}')).toContain('Hello Eve');
    // As a terminal does: the package manager, the command and the services get it.
    process.kill(-dev.pid, 'SIGINT');
    for (const service of ['greeter', 'reception']) await dev.waitForLine(`${service} has stopped`, 30_000);
    await dev.exited;
  }, 120_000);

  test('a service that is generated depends on packages of the workspace, and passes as the others do', async () => {
    await skerry('generate', 'service', 'orders');
    await skerry('generate', 'handler', 'orders.place');
    await skerry('generate', 'client', 'greeter', '--into', 'Orders');
    expect(JSON.parse(await readFile(join(shop, 'apps/orders/package.json'), 'utf8'))).toMatchObject({
      dependencies: { '@shop/contracts': 'workspace:*', '@shop/engines': 'workspace:*' },
      devDependencies: { '@shop/greeter': 'workspace:*' },
    });
    await run(shop, name, 'install');
    for (const script of ['test', 'typecheck']) await run(shop, name, 'run', script);
  }, 300_000);

  test('what its image is made by leaves what runs, and no tools', async () => {
    const image = join(folder, 'image');
    // As .dockerignore says; but Nx may take from its cache what it has built above.
    const left = ['node_modules', 'dist', '.git', '.yarn'];
    await cp(shop, image, { recursive: true, filter: (path) => !left.some((each) => path.endsWith(`${sep}${each}`)) });
    const dockerfile = await readFile(join(shop, 'Dockerfile'), 'utf8');
    const [, build = ''] = dockerfile.split('COPY . .\n');
    const [stage = ''] = build.split('FROM ');
    const lines = [...stage.replaceAll('\\\n', '').matchAll(/^RUN (?:--mount=\S+ +)?(.*)$/gm)].map(([, line]) => line!);
    expect(lines).toHaveLength(3);
    for (const line of lines) await run(image, 'sh', '-c', line);
    const installed = await readdir(join(image, 'node_modules'));
    for (const tool of ['nx', 'jest', 'typescript']) expect(installed).not.toContain(tool);
    await stopInOrder(await startService(image, 'greeter'));
  }, 180_000);

  test('git has nothing to say about what was installed and built', async () => {
    const output = await run(shop, 'git', 'status', '--porcelain', '--untracked-files=all');
    expect(output).toContain(`?? ${lockFile}`);
    expect(output).not.toMatch(/node_modules|dist\/|\.nx|\.yarn\//);
  });
});
