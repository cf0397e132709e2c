import { createServer, type Server, type Socket } from 'node:net';
import { CertificateAuthority, freePort, openHandles } from '@skerry-private/test-kit';
import {
  Clock,
  Handler,
  HealthCheck,
  LocalRegistryDriver,
  Module,
  REGISTRY_DRIVER,
  Service,
  Skerry,
  type Application,
  type ApplicationOptions,
} from '@skerry/core';
import { MemoryTerminal } from '../fixtures/memory-terminal.js';
import { RegistryDirectory } from '../fixtures/registry-directory.js';
import { runProgram } from '../program.js';

@Service('greeter')
class Greeter {
  @HealthCheck({ name: 'database' })
  async database(): Promise<void> {
    await Promise.resolve();
  }

  @Handler()
  async hello(): Promise<string> {
    return 'Hello';
  }
}

let registry: RegistryDirectory;
let apps: Application[];
beforeEach(async () => {
  registry = await RegistryDirectory.create();
  apps = [];
});
afterEach(async () => {
  for (const app of apps) await app.stop();
  await registry.close();
});

async function start(http: object, more: ApplicationOptions = {}): Promise<void> {
  const useFactory = (clock: Clock): LocalRegistryDriver => new LocalRegistryDriver(clock, {}, registry.env);
  @Module({ providers: [Greeter, { provide: REGISTRY_DRIVER, useFactory, inject: [Clock] }] })
  class GreeterModule {}
  const app = await Skerry.create(GreeterModule, {
    ...{ logLevel: 'silent', drainDelayMs: 0, env: {}, http },
    ...more,
  });
  apps.push(app);
  await app.start();
}

async function health(...args: string[]): Promise<MemoryTerminal & { exitCode: number | undefined }> {
  return healthBy({}, ...args);
}

async function healthBy(env: Readonly<Record<string, string>>, ...args: string[]): ReturnType<typeof health> {
  const terminal = new MemoryTerminal({ env: { ...registry.env, ...env }, columns: 200 });
  return Object.assign(terminal, { exitCode: await runProgram(['health', ...args], terminal) });
}

/** Nothing but what it is told answers at the port. */
async function listen(accept: (socket: Socket) => void): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    accept(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    port,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => void server.close(() => resolve()));
    },
  };
}

test('a node that tells its health is shown with its checks', async () => {
  await start({ health: true });
  const { stdout, stderr, exitCode } = await health();
  expect(stdout.lines[0]).toMatch(/^SERVICE +NODE +ADDRESS +VERSION +STATE +CHECKS$/);
  expect(stdout.lines[1]).toMatch(/^greeter +greeter-[0-9a-f]+ +http:\/\/127\.0\.0\.1:\d+ +0\.0\.0 +ready +1 healthy$/);
  expect([stderr.text, exitCode]).toEqual(['', 0]);
});

test('one that tells nothing is up when it answers, with HTTP and without', async () => {
  await start({});
  await start({ enabled: false });
  const { stdout, exitCode } = await health('greeter', '--json');
  const found = JSON.parse(stdout.text) as { address: string }[];
  expect(found.map(({ address }) => address.split(':')[0]).sort()).toEqual(['http', 'tcp']);
  for (const each of found) expect(each).toMatchObject({ service: 'greeter', state: 'up', well: true });
  expect(exitCode).toBe(0);
});

test('one that has TLS is verified by the name of its service, with HTTP and without', async () => {
  const authority = await CertificateAuthority.create();
  const tls = await authority.issue({ uris: ['spiffe://shop.example/greeter'] });
  for (const enabled of [true, false]) await start({ enabled }, { listen: 'tls://127.0.0.1:0', tls });
  const states = async (serverName: string): Promise<string[]> => {
    const env = { SKERRY_TLS_CA: authority.certificate, SKERRY_TLS_SERVER_NAME: serverName };
    const { stdout } = await healthBy(env, 'greeter', '--json');
    return (JSON.parse(stdout.text) as { state: string; error?: string }[]).map(
      ({ state, error = '' }) => state + error,
    );
  };
  expect(await states('spiffe://shop.example/{service}')).toEqual(['up', 'up']);
  for (const state of await states('spiffe://shop.example/{service}/1')) {
    expect(state).toMatch(
      /^unreachable.*it is spiffe:\/\/shop\.example\/greeter, not spiffe:\/\/shop\.example\/greeter\/1/,
    );
  }
});

test('one that is not ready says so, and that is an error', async () => {
  const body = JSON.stringify({
    status: 'not-ready',
    checks: [
      { name: 'database', kind: 'readiness', state: 'unhealthy' },
      { name: 'disk', kind: 'liveness', state: 'healthy' },
    ],
  });
  const server = await listen((socket) => {
    socket.end(
      `HTTP/1.1 503 Service Unavailable\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
    );
  });
  await registry.register({
    service: 'orders',
    id: 'orders-1',
    addresses: { http: `http://127.0.0.1:${server.port}` },
  });
  const { stdout, exitCode } = await health('orders');
  expect(stdout.lines[1]).toMatch(/ {2}not-ready {2}database unhealthy, 1 healthy$/);
  expect(exitCode).toBe(1);
  await server.close();
});

test('one that is gone, and one that says nothing, are unreachable, and say why', async () => {
  const silent = await listen(() => undefined);
  const closed = await freePort();
  await registry.register({ service: 'a', id: 'a-1', addresses: { http: `http://127.0.0.1:${silent.port}` } });
  await registry.register({ service: 'b', id: 'b-1', addresses: { http: `http://127.0.0.1:${closed}` } });
  await registry.register({ service: 'c', id: 'c-1', addresses: { skerry: `tcp://127.0.0.1:${closed}` } });
  await registry.register({ service: 'd', id: 'd-1', addresses: { grpc: `grpc://127.0.0.1:${closed}` } });
  const { stdout, exitCode } = await health('--json', '--timeout', '300');
  const found = JSON.parse(stdout.text) as { state: string; error: string }[];
  expect(found.map(({ state }) => state)).toEqual(['unreachable', 'unreachable', 'unreachable', 'unknown']);
  expect(found[0]!.error).toBe('no answer within 300 ms');
  expect(found[1]!.error).toContain('ECONNREFUSED');
  expect(found[2]!.error).toContain('ECONNREFUSED');
  expect(exitCode).toBe(1);
  await silent.close();
});

test('something else that answers at the port is up, however much it says', async () => {
  const chatty = await listen((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n');
    socket.on('drain', () => socket.write('x'.repeat(100_000)));
    socket.write('x'.repeat(100_000));
  });
  await registry.register({ service: 'a', id: 'a-1', addresses: { http: `http://127.0.0.1:${chatty.port}` } });
  expect(JSON.parse((await health('--json', '--timeout', '10000')).stdout.text)).toMatchObject([{ state: 'up' }]);
  await chatty.close();
});

test('Ctrl-C ends the wait', async () => {
  const asked = deferred();
  const silent = await listen(() => asked.resolve());
  await registry.register({ service: 'a', id: 'a-1', addresses: { http: `http://127.0.0.1:${silent.port}` } });
  const terminal = new MemoryTerminal({ env: registry.env });
  const asking = runProgram(['health', '--timeout', '60000'], terminal);
  await asked.promise;
  terminal.interrupt();
  expect(await asking).toBe(130);
  await silent.close();
});

test('a service that nobody knows is an error; none at all is told', async () => {
  const lost = await health('greter');
  expect([lost.exitCode, lost.stderr.text]).toEqual([1, expect.stringMatching(/^SKERRY_RPC_NO_NODE/)]);
  const none = await health();
  expect([none.exitCode, none.stdout.text]).toEqual([0, expect.stringMatching(/^No service is running/)]);
});

test('leaves nothing open', async () => {
  await start({ health: true });
  const before = openHandles();
  await health();
  await before.nothingMore();
});

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}
