import { openHandles } from '@skerry-private/test-kit';
import {
  Handler,
  LocalRegistryDriver,
  Module,
  Registry,
  REGISTRY_DRIVER,
  Service,
  Skerry,
  SystemClock,
  type Application,
} from '@skerry/core';
import { FleetFolder } from '../fixtures/fleet-folder.js';
import { MemoryTerminal } from '../fixtures/memory-terminal.js';
import { runProgram } from '../program.js';

@Service('orders')
class Orders {
  @Handler()
  async list(): Promise<string[]> {
    return ['A1'];
  }
}

let folder: FleetFolder;
let app: Application;

// Another process of the same fleet: it is in the registry that only the module of the folder names.
beforeAll(async () => {
  folder = await FleetFolder.create();
  const driver = new LocalRegistryDriver(new SystemClock(), { directory: folder.registry });
  @Module({ providers: [Orders, { provide: REGISTRY_DRIVER, useFactory: () => driver }] })
  class OrdersModule {}
  app = await Skerry.create(OrdersModule, { logLevel: 'silent', drainDelayMs: 0, env: {} });
  await app.start();
});
afterAll(async () => {
  await app.stop();
  await folder.close();
});

async function skerry(...args: string[]): Promise<MemoryTerminal & { exitCode: number | undefined }> {
  const terminal = folder.terminal({ env: { SKERRY_APP: '' } });
  const exitCode = await runProgram(args, terminal);
  return Object.assign(terminal, { exitCode });
}

test.each([
  [['services'], 'orders'],
  [['describe', 'orders'], 'skerry call orders.list'],
  [['call', 'orders.list'], '["A1"]\n'],
])('%j uses the engines of the application that --app names', async (args, told) => {
  const { stdout, stderr, exitCode } = await skerry(...args, '--app', 'app.module.js');
  expect(stderr.text).toBe('');
  expect(stdout.text).toContain(told);
  expect(exitCode).toBe(0);
});

test('SKERRY_APP names it as well, and --app goes before it', async () => {
  const named = folder.terminal();
  expect(await runProgram(['call', 'orders.list'], named)).toBe(0);
  const both = folder.terminal({ env: { SKERRY_APP: 'lost.js' } });
  expect(await runProgram(['call', 'orders.list', '--app', 'app.module.js#AppModule'], both)).toBe(0);
});

test('nothing of the application is created, called or registered', async () => {
  folder.told.length = 0;
  await skerry('call', 'orders.list', '--app', 'app.module.js');
  expect(folder.told).toEqual([]);
  expect(await app.get(Registry).lookup('orders')).toHaveLength(1);
});

test.each([
  [
    ['services', '--app', 'lost.module.js'],
    {},
    /^SKERRY_CLI_USAGE {2}Cannot find lost\.module\.js: .* has app\.module\.js/,
  ],
  [['services'], { SKERRY_APP: 'lost.module.js' }, /Cannot find lost\.module\.js, which SKERRY_APP names: /],
])('%j with %j says where it looked', async (args, env, told) => {
  const terminal = folder.terminal({ env: { SKERRY_APP: '', ...env } });
  expect(await runProgram(args, terminal)).toBe(2);
  expect(terminal.stderr.text).toMatch(told);
});

test('leaves nothing open', async () => {
  const before = openHandles();
  await skerry('call', 'orders.list', '--app', 'app.module.js');
  await before.nothingMore();
});
