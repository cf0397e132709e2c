import { LocalRegistryDriver, REGISTRY_DRIVER, Skerry, SystemClock, tokenKey, type Application } from '@skerry/core';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { showPrice } from './page.js';
import { PricesModule } from './prices.js';

describe('a page that calls services', () => {
  const directory = mkdtempSync(join(tmpdir(), 'skerry-guide-'));
  const own = globalThis.WebSocket as unknown;
  let application: Application;
  let url: string;

  beforeAll(async () => {
    // What every browser has, and Node from 22 on.
    Object.assign(globalThis, { WebSocket });
    const driver = new LocalRegistryDriver(new SystemClock(), { directory });
    application = await Skerry.create(PricesModule, {
      ...{ listen: 'tcp://127.0.0.1:0', logLevel: 'silent', env: {}, drainDelayMs: 0 },
      overrides: new Map([[tokenKey(REGISTRY_DRIVER), { provide: REGISTRY_DRIVER, useValue: driver }]]),
    });
    await application.start();
    url = application.address!.replace('tcp', 'ws') + '/ws';
  });

  afterAll(async () => {
    Object.assign(globalThis, { WebSocket: own });
    await application.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  test('shows what is, and what changes, until it stops', async () => {
    const shown: string[] = [];
    const stop = new AbortController();
    await showPrice(
      url,
      'A1',
      (text) => {
        shown.push(text);
        if (shown.length === 6) stop.abort();
      },
      stop.signal,
    );
    expect(shown.slice(0, 4)).toEqual(['(connecting)', '(open)', '250 cents', 'now 250 cents']);
    expect(shown.slice(6)).toEqual(expect.arrayContaining(['SKERRY_RPC_CANCELLED', '(closed)']));
  });

  test('shows what is wrong with what it sends', async () => {
    const shown: string[] = [];
    await showPrice(url, 'A', (text) => shown.push(text), new AbortController().signal);
    expect(shown).toContain('sku is wrong');
  });
});
