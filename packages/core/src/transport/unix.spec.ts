import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually, processStarter, systemProgram } from '@skerry-private/test-kit';
import { ManualClock } from '../clock/manual-clock.js';
import { Probe } from './conformance-probe.js';
import type { Link, Listener } from './driver.js';
import { HttpOnPort } from './fixtures/http-on-port.js';
import { UnixTransport, type UnixOptions } from './unix.js';

const withCurl = (await systemProgram({ probe: ['curl', '--version'], packages: ['curl'] })) ? test : test.skip;

const never = new AbortController().signal;
const ignore = (): void => undefined;
/** A server that listens, says so, and stays. */
const program = `require('net').createServer().listen(process.argv[1], () => console.log('up'))`;

describe('a unix listener', () => {
  const startProcess = processStarter(afterEach);
  const clock = new ManualClock();
  let directory: string;
  let path: string;
  let listeners: Listener[];
  let links: Link[];

  const listen = async (address = `unix://${path}`, options?: UnixOptions): Promise<Listener> => {
    const transport = new UnixTransport(clock, options);
    const listener = await transport.listen(address, (link) => links.push(link), ignore);
    listeners.push(listener);
    return listener;
  };
  const mode = (): number => statSync(path).mode & 0o777;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'skerry-'));
    path = join(directory, 'greeter.sock');
    [listeners, links] = [[], []];
  });

  afterEach(async () => {
    for (const link of links) link.destroy();
    await Promise.all(listeners.map((listener) => listener.close()));
    rmSync(directory, { recursive: true, force: true });
  });

  test('is there for its own user, and gone with its listener', async () => {
    const listener = await listen();
    expect(statSync(path).isSocket()).toBe(true);
    expect(mode()).toBe(0o600);
    await listener.close();
    await eventually(() => expect(existsSync(path)).toBe(false));
  });

  test('is open to whom it is told to, whatever the mask of the process', async () => {
    const before = process.umask(0);
    try {
      await listen(undefined, { mode: 0o660 });
      expect(mode()).toBe(0o660);
      expect(process.umask()).toBe(0);
    } finally {
      process.umask(before);
    }
  });

  test('chooses a name in a directory', async () => {
    const [one, two] = [await listen(`unix://${directory}/`), await listen(`unix://${directory}/`)];
    expect(one.address).toMatch(/^unix:\/\/\/.*\/skerry-[0-9a-f]{8}\.sock$/);
    expect(two.address).not.toBe(one.address);
  });

  test('takes the place of a socket whose process was killed', async () => {
    const dead = await startProcess(process.execPath, ['-e', program, path]);
    await dead.waitForLine(/up/);
    dead.kill('SIGKILL');
    await dead.exited;
    expect(existsSync(path)).toBe(true);
    const listener = await listen();
    expect(mode()).toBe(0o600);
    const near = new Probe(await new UnixTransport(new ManualClock()).connect(listener.address, never));
    near.link.destroy();
    await near.ended();
  });

  test('leaves a living process its socket, and says which it is', async () => {
    const living = await startProcess(process.execPath, ['-e', program, path]);
    await living.waitForLine(/up/);
    await expect(listen()).rejects.toMatchObject({
      code: 'SKERRY_TRANSPORT_LISTEN_FAILED',
      message: expect.stringContaining(
        process.platform === 'linux' ? `process ${living.pid} (` : 'another process',
      ) as string,
    });
    expect(statSync(path).isSocket()).toBe(true);
  });

  test('removes nothing that is no socket', async () => {
    writeFileSync(path, 'precious');
    await expect(listen()).rejects.toMatchObject({
      code: 'SKERRY_TRANSPORT_LISTEN_FAILED',
      message: expect.stringContaining('no socket') as string,
    });
    expect(statSync(path).isFile()).toBe(true);
  });

  test('says what is wrong with a path that is too long, relative, or left open by who connects', async () => {
    const transport = new UnixTransport(new ManualClock());
    await expect(listen(`unix:///tmp/${'x'.repeat(200)}`)).rejects.toMatchObject({
      code: 'SKERRY_TRANSPORT_ADDRESS_INVALID',
      message: expect.stringMatching(/205 bytes.*takes (107|103)/) as string,
    });
    await expect(listen('unix://greeter.sock')).rejects.toMatchObject({ code: 'SKERRY_TRANSPORT_ADDRESS_INVALID' });
    await expect(transport.connect('unix:///tmp/', never)).rejects.toMatchObject({
      code: 'SKERRY_TRANSPORT_ADDRESS_INVALID',
    });
  });

  test('names the directory that is missing', async () => {
    await expect(listen(`unix://${directory}/none/x.sock`)).rejects.toMatchObject({
      code: 'SKERRY_TRANSPORT_LISTEN_FAILED',
      message: expect.stringMatching(/none\/x\.sock.*(ENOENT|EACCES)/) as string,
    });
  });

  test('says that it may not connect', async () => {
    await listen();
    chmodSync(path, 0);
    const connecting = new UnixTransport(new ManualClock()).connect(`unix://${path}`, never);
    const outcome = await connecting.catch((error: unknown) => error);
    const isRoot = process.getuid?.() === 0;
    // Root may always.
    if (isRoot) (outcome as Link).destroy();
    expect(outcome).toMatchObject(
      isRoot ? { peer: `unix://${path}` } : { code: 'SKERRY_RPC_CONNECT_FAILED', cause: { code: 'EACCES' } },
    );
  });

  withCurl('carries other protocols as well', async () => {
    const http = new HttpOnPort();
    const transport = new UnixTransport(new ManualClock());
    const listener = await transport.listen(`unix://${path}`, (link) => links.push(link), ignore, [http]);
    listeners.push(listener);
    expect(listener.sharesPort).toBe(true);
    const get = ['--silent', '--show-error', '--unix-socket', path, 'http://localhost/greeter'];
    const { stdout } = await promisify(execFile)('curl', get);
    expect(stdout).toBe('hello from /greeter');
    expect(http.peers).toEqual([`unix://${path}#1`]);
    const near = await transport.connect(listener.address, never);
    near.destroy();
    http.close();
  });

  test('is free again after its file was removed by hand', async () => {
    const listener = await listen();
    unlinkSync(path);
    await listener.close();
    await expect(listen()).resolves.toMatchObject({ address: `unix://${path}` });
  });
});
