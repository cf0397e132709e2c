import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { eventually, processStarter, residentBytes, type RunningProcess } from '@skerry-private/test-kit';
import {
  LocalRegistryDriver,
  Module,
  REGISTRY_DRIVER,
  Skerry,
  SystemClock,
  tokenKey,
  type Application,
  type Client,
} from '@skerry/core';
import type { Echo } from './programs/echo.module.js';

const echoMain = fileURLToPath(new URL('../dist/programs/echo.js', import.meta.url));
const preface = Buffer.from('SKERRY1\n');

@Module()
class CallerModule {}

describe('a server whose peers mean it no good', () => {
  const startProcess = processStarter(afterAll);
  const directory = mkdtempSync(join(tmpdir(), 'skerry-e2e-'));
  const sockets: Socket[] = [];
  let server: RunningProcess;
  let port: number;
  let caller: Application;
  let echo: Client<Echo>;

  beforeAll(async () => {
    server = await startProcess(process.execPath, [echoMain], { env: { SKERRY_LOCAL_REGISTRY_DIR: directory } });
    const [, found] = await server.waitForLine(/is serving echo at tcp:\/\/127\.0\.0\.1:(\d+)/);
    port = Number(found);
    const driver = new LocalRegistryDriver(new SystemClock(), { directory });
    const overrides = new Map([[tokenKey(REGISTRY_DRIVER), { provide: REGISTRY_DRIVER, useValue: driver }]]);
    caller = await Skerry.create(CallerModule, { logLevel: 'silent', overrides });
    await caller.start();
    echo = caller.client<Echo>('echo');
  });

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    // Whatever was tried: well-behaved peers notice nothing.
    await expect(echo.pid()).resolves.toBe(server.pid);
  });

  afterAll(async () => {
    await caller.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  async function open(): Promise<Socket> {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    sockets.push(socket);
    await once(socket, 'connect');
    return socket;
  }

  /** Resolves when the server has closed the connection. */
  async function refused(socket: Socket): Promise<void> {
    socket.resume();
    // Not by once(), which takes the reset of a refused connection for a failure.
    if (!socket.closed) await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  }

  function refusals(code: string): number {
    return server.output.split(code).length - 1;
  }

  test('refuses a frame of 1 GB before it is sent, and says so once', async () => {
    const socket = await open();
    socket.write(Buffer.concat([preface, Buffer.from([0x40, 0, 0, 0]), randomBytes(64)]));
    await refused(socket);
    await server.waitForLine(/SKERRY_TRANSPORT_FRAME_TOO_LARGE/);
    expect(refusals('SKERRY_TRANSPORT_FRAME_TOO_LARGE')).toBe(1);
  });

  test('refuses random bytes, and says so once for each peer', async () => {
    const before = refusals('SKERRY_TRANSPORT_BAD_PREFACE');
    for (let peer = 0; peer < 3; peer++) {
      const socket = await open();
      socket.write(Buffer.concat([Buffer.from('\u0000'), randomBytes(4096)]));
      await refused(socket);
    }
    await eventually(() => expect(refusals('SKERRY_TRANSPORT_BAD_PREFACE') - before).toBe(3));
  });

  test('refuses frames that are none of the protocol', async () => {
    const socket = await open();
    const noise = randomBytes(100);
    noise[0] = 200;
    socket.write(Buffer.concat([preface, Buffer.from([0, 0, 0, noise.length]), noise]));
    await refused(socket);
    await server.waitForLine(/SKERRY_RPC_PROTOCOL/);
    expect(refusals('SKERRY_RPC_PROTOCOL')).toBe(1);
  });

  test('takes half a frame for a peer that was lost', async () => {
    const socket = await open();
    socket.write(Buffer.concat([preface, Buffer.from([0, 0, 1, 0]), randomBytes(10)]));
    socket.end();
    await refused(socket);
    await server.waitForLine(/lost a peer/);
    expect(refusals('lost a peer')).toBe(1);
  });

  test('stays bounded when a peer asks and asks and never reads', async () => {
    const socket = await open();
    socket.pause();
    const hello = frame(
      Buffer.concat([
        Buffer.from([1]),
        Buffer.from(
          JSON.stringify({
            protocol: 1,
            codec: 'json',
            windowBytes: 2 ** 31 - 1,
            maxStreams: 1,
            maxMessageBytes: 4194304,
          }),
        ),
      ]),
    );
    const define = frame(Buffer.concat([Buffer.from([2, 0, 0]), Buffer.from('echo.pid')]));
    socket.write(Buffer.concat([preface, hello, define]));
    const memoryBefore = residentBytes(server.pid);
    let id = 0;
    // Far more replies than any buffer takes; the server stops reading long before.
    for (let chunk = 0; chunk < 400; chunk++) {
      const calls = Buffer.concat(Array.from({ length: 5_000 }, () => open_(++id)));
      if (!socket.write(calls)) {
        const drained = await Promise.race([once(socket, 'drain').catch(() => 'refused'), pause(1_000)]);
        if (!Array.isArray(drained)) break;
      }
    }
    expect(id).toBeLessThan(2_000_000);
    expect(residentBytes(server.pid) - memoryBefore).toBeLessThan(150 * 1024 * 1024);
  });
});

function frame(body: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  return Buffer.concat([head, body]);
}

/** OPEN of endpoint 0: END and EMPTY, 60 s. */
function open_(id: number): Buffer {
  const body = Buffer.alloc(12);
  body[0] = 3;
  body.writeUInt32BE(id, 1);
  body[7] = 1 | 8;
  body.writeUInt32BE(60_000, 8);
  return frame(body);
}

function pause(ms: number): Promise<'paused'> {
  return new Promise((resolve) => setTimeout(() => resolve('paused'), ms));
}
