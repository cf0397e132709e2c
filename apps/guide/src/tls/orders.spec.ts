import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CertificateAuthority } from '@skerry-private/test-kit';
import {
  LocalRegistryDriver,
  Module,
  REGISTRY_DRIVER,
  Skerry,
  SystemClock,
  tokenKey,
  type Application,
  type ApplicationOptions,
  type AppEvent,
} from '@skerry/core';
import { orders } from './options.js';
import { OrdersModule, type Orders } from './orders.js';

@Module()
class CallerModule {}

describe('services over TLS', () => {
  let authority: CertificateAuthority;
  let directory: string;
  let started: Application[];
  let events: AppEvent[];

  beforeAll(async () => {
    authority = await CertificateAuthority.create('Shop CA');
  });

  beforeEach(async () => {
    [started, events] = [[], []];
    directory = mkdtempSync(join(tmpdir(), 'skerry-guide-'));
    await write('tls', 'orders');
    writeFileSync(join(directory, 'ca.crt'), authority.certificate);
  });

  afterEach(async () => {
    for (const each of started.reverse()) await each.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const write = async (file: string, name: string): Promise<void> => {
    const { certificate, key } = await authority.issue({ names: [name], uris: [`spiffe://shop.example/${name}`] });
    writeFileSync(join(directory, `${file}.crt`), certificate);
    writeFileSync(join(directory, `${file}.key`), key);
  };
  /** As the page has it, in a directory of the test's. */
  const here = (path: string | undefined): string => join(directory, path!.slice('/etc/tls/'.length));

  async function start(root: new () => object, options: ApplicationOptions): Promise<Application> {
    const driver = new LocalRegistryDriver(new SystemClock(), { directory: join(directory, 'registry') });
    const overrides = new Map([[tokenKey(REGISTRY_DRIVER), { provide: REGISTRY_DRIVER, useValue: driver }]]);
    const onEvent = (event: AppEvent): number => events.push(event);
    const application = await Skerry.create(root, {
      logLevel: 'silent',
      drainDelayMs: 0,
      overrides,
      onEvent,
      ...options,
    });
    started.push(application);
    await application.start();
    return application;
  }

  test('are called by those with a certificate of the same authority', async () => {
    const tls = {
      ...orders.tls,
      certificate: here(orders.tls!.certificate),
      key: here(orders.tls!.key),
      ca: here('/etc/tls/ca.crt'),
    };
    const server = await start(OrdersModule, { ...orders, tls });
    expect(server.address).toMatch(/^tls:\/\/127\.0\.0\.1:\d+$/);
    const caller = await start(CallerModule, { tls });
    await expect(caller.client<Orders>('orders').place('tea')).resolves.toBe('tea is on its way');
  });

  test('are not called by others, who are told why', async () => {
    const ca = here('/etc/tls/ca.crt');
    const tls = { ...orders.tls, certificate: here('/etc/tls/tls.crt'), key: here('/etc/tls/tls.key'), ca };
    await start(OrdersModule, { ...orders, tls });
    const nobody = await start(CallerModule, { tls: { ca } });
    await expect(nobody.client<Orders>('orders').place('tea', { retries: 0 })).rejects.toMatchObject({
      code: 'SKERRY_RPC_CONNECT_FAILED',
      message: expect.stringContaining('it wants a certificate of this side') as string,
    });
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'peer-refused',
        error: expect.objectContaining({ code: 'SKERRY_TLS_UNTRUSTED' }),
      }),
    );
  });
});
