import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  LocalRegistryDriver,
  Module,
  REGISTRY_DRIVER,
  Skerry,
  SystemClock,
  tokenKey,
  type Application,
  type ApplicationOptions,
} from '@skerry/core';
import { beside, behindIngress } from './options.js';
import { StockModule, type Stock } from './stock.js';

@Module()
class CallerModule {}

describe('a service', () => {
  let directory: string;
  let started: Application[];

  beforeEach(() => {
    started = [];
    directory = mkdtempSync(join(tmpdir(), 'skerry-guide-'));
  });

  afterEach(async () => {
    for (const each of started.reverse()) await each.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  async function start(root: new () => object, options: ApplicationOptions = {}): Promise<Application> {
    const driver = new LocalRegistryDriver(new SystemClock(), { directory: join(directory, 'registry') });
    const overrides = new Map([[tokenKey(REGISTRY_DRIVER), { provide: REGISTRY_DRIVER, useValue: driver }]]);
    const application = await Skerry.create(root, { logLevel: 'silent', drainDelayMs: 0, overrides, ...options });
    started.push(application);
    await application.start();
    return application;
  }

  async function expectCalls(): Promise<void> {
    const stock = (await start(CallerModule)).client<Stock>('stock');
    await expect(stock.count('tea')).resolves.toBe(3);
    const shelves: number[] = [];
    for await (const shelf of stock.shelves(3)) shelves.push(shelf);
    expect(shelves).toEqual([1, 2, 3]);
  }

  test('is called by a unix socket, which its group may use', async () => {
    const listen = beside.listen!.replace('/run/shop', directory);
    await start(StockModule, { ...beside, listen });
    const [socket] = readdirSync(directory).filter((name) => name.endsWith('.sock'));
    expect(statSync(join(directory, socket!)).mode & 0o777).toBe(0o660);
    await expectCalls();
  });

  test('is called through an ingress', async () => {
    let service: Application | undefined;
    const ingress = passingOn(() => new URL(service!.address!));
    await new Promise<void>((resolve) => ingress.listen(0, '127.0.0.1', resolve));
    const { port } = ingress.address() as AddressInfo;
    const advertise = behindIngress.advertise!.replace('shop.example', `127.0.0.1:${port}`);
    service = await start(StockModule, { ...behindIngress, advertise });
    expect(service.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/stock$/);
    await expectCalls();
    ingress.close();
  });
});

/** As ingresses do it: the request and its answer are passed on, then whatever comes. */
function passingOn(target: () => URL): Server {
  return createServer().on('upgrade', (asked, outer: Socket, head: Buffer) => {
    const inner = httpRequest(target(), { headers: asked.headers });
    inner.on('upgrade', ({ headers }, socket: Socket, first: Buffer) => {
      outer.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: ${headers.upgrade}\r\n\r\n`);
      outer.write(first);
      socket.write(head);
      outer
        .on('error', () => undefined)
        .pipe(socket)
        .on('error', () => undefined)
        .pipe(outer);
    });
    inner.end();
  });
}
