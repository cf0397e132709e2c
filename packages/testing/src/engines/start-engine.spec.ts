import { once } from 'node:events';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findConsul } from '@skerry-private/test-kit';
import { engineAvailable, startEngine, type Engine, type EngineName } from './start-engine.js';

const consulProgram = await findConsul();
const env = { ...process.env, CI: undefined, PATH: `${process.env['PATH']}:${dirname(consulProgram ?? '/')}` };

const running: Engine[] = [];
const servers: Server[] = [];
const folders: string[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()));
  for (const server of servers.splice(0)) server.close();
  await Promise.all(folders.splice(0).map((each) => rm(each, { recursive: true, force: true })));
});

const start = async (...args: Parameters<typeof startEngine>): Promise<Engine> => {
  const engine = await startEngine(...args);
  running.push(engine);
  return engine;
};

/** Something that says one thing to everybody. */
async function parrot(words: string): Promise<string> {
  const server = createServer((socket) => socket.on('error', () => undefined).on('data', () => socket.end(words)));
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `redis://ada:secret@127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A folder with one program, which is a shell script. */
async function program(name: string, script: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'skerry-programs-'));
  folders.push(folder);
  await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, name), 0o755);
  return folder;
}

const foldersOf = async (name: string): Promise<string[]> =>
  (await readdir(tmpdir())).filter((each) => each.startsWith(`skerry-${name}-`));

describe('an engine for a test', () => {
  test('is the one that the environment names, and is left alone', async () => {
    const url = await parrot('+PONG\r\n');
    const engine = await start('redis', { env: { REDIS_URL: url } });
    expect(engine).toMatchObject({ name: 'redis', url, from: 'environment' });
    await engine.stop();
    await expect(startEngine('redis', { env: { REDIS_URL: url } })).resolves.toMatchObject({ url });
  });

  test('is no other than the one that is named, and its password is nobody’s business', async () => {
    const url = await parrot('HTTP/1.1 400 Bad Request\r\n');
    const starting = startEngine('redis', { env: { ...env, REDIS_URL: url } });
    await expect(starting).rejects.toMatchObject({
      code: 'SKERRY_TEST_NO_ENGINE',
      message: expect.stringMatching(
        /nothing like Redis answers at redis:\/\/127\.0\.0\.1:\d+, which REDIS_URL names/i,
      ),
    });
    await expect(starting).rejects.not.toMatchObject({ message: expect.stringContaining('secret') });
    await expect(startEngine('redis', { env: { REDIS_URL: 'nonsense' } })).rejects.toMatchObject({
      code: 'SKERRY_TEST_NO_ENGINE',
    });
  });

  test('that cannot be had says how to get one', async () => {
    const starting = startEngine('consul', { own: true, env: { PATH: '' } });
    await expect(starting).rejects.toMatchObject({
      code: 'SKERRY_TEST_NO_ENGINE',
      message: expect.stringMatching(/^Cannot give a Consul to test with\. No consul is installed\./),
    });
    await expect(engineAvailable('consul', { own: true, env: { PATH: '' } })).resolves.toBe(false);
    // Where nothing may be left out, it is the tests that fail.
    await expect(engineAvailable('consul', { own: true, env: { PATH: '', CI: 'true' } })).resolves.toBe(true);
  });

  test('that ends at once says what it printed, and leaves nothing', async () => {
    const PATH = await program('redis-server', 'echo "no room at the inn" >&2; exit 3');
    const before = await foldersOf('redis-server');
    await expect(startEngine('redis', { own: true, env: { PATH } })).rejects.toMatchObject({
      code: 'SKERRY_TEST_NO_ENGINE',
      message: expect.stringMatching(/could not be started: it ended \(exit code 3\), and printed no room at the inn/),
    });
    expect(await foldersOf('redis-server')).toEqual(before);
  });
});

const names: EngineName[] = ['redis', 'nats', 'rabbitmq', 'consul'];
const installed = await Promise.all(names.map((name) => engineAvailable(name, { own: true, env })));

describe.each(names.filter((_name, index) => installed[index]))('a %s of the test’s own', (name) => {
  test('answers, is the test’s alone, and is gone when it is stopped', async () => {
    const program = name === 'consul' ? name : `${name}-server`;
    const before = await foldersOf(program);
    const [one, other] = await Promise.all([start(name, { own: true, env }), start(name, { own: true, env })]);
    expect(one.from).toBe('started');
    expect(one.url).not.toBe(other.url);
    const variable = { redis: 'REDIS_URL', nats: 'NATS_URL', rabbitmq: 'RABBITMQ_URL', consul: 'CONSUL_HTTP_ADDR' }[
      name
    ];
    await expect(startEngine(name, { env: { [variable]: one.url.replace('http://', '') } })).resolves.toMatchObject({
      url: one.url,
    });
    await one.stop();
    await one.stop();
    await expect(startEngine(name, { env: { [variable]: one.url } })).rejects.toMatchObject({
      code: 'SKERRY_TEST_NO_ENGINE',
    });
    await other.stop();
    expect(await foldersOf(program)).toEqual(before);
  }, 120_000);
});
