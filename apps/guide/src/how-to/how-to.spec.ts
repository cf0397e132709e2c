import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Skerry } from '@skerry/core';
import { eventually } from '@skerry-private/test-kit';
import { ManualClock, TestApp, TestNetwork } from '@skerry/testing';
import { Catalogue, CatalogueModule } from './catalogue.js';
import { openEdge } from './edge.js';
import { MonolithModule } from './monolith.js';
import { nightlyModule } from './nightly.js';
import { Settings, SettingsModule } from './settings.js';
import type { ShopWindow } from './shop-window.js';

describe('recipes', () => {
  test('a server of HTTP calls services', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'skerry-'));
    const options = { env: { SKERRY_LOCAL_REGISTRY_DIR: folder }, logLevel: 'silent', drainDelayMs: 0 } as const;
    const catalogue = await Skerry.create(CatalogueModule, options);
    await catalogue.start();
    const { server, skerry } = await openEdge(options);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(fetch(`${url}/chair`).then((reply) => reply.text())).resolves.toBe('<h1>chair</h1><p>5</p>');
    server.closeAllConnections();
    server.close();
    await skerry.stop();
    await catalogue.stop();
    rmSync(folder, { recursive: true });
  });

  test('replies are cached, and two services share a process', async () => {
    const app = await TestApp.create(MonolithModule).start();
    const window = app.client<ShopWindow>('window');
    Catalogue.asked = 0;
    for (let time = 0; time < 3; time++) {
      await expect(window.featured('chair')).resolves.toEqual({ sku: 'chair', cents: 500 });
    }
    expect(Catalogue.asked).toBe(1);
    await expect(window.dress({ skus: ['a', 'bb'] })).resolves.toEqual([
      { sku: 'a', cents: 100 },
      { sku: 'bb', cents: 200 },
    ]);
    await app.close();
  });

  test('a job is done by one of many nodes, in every round', async () => {
    const clock = new ManualClock();
    const network = new TestNetwork(clock);
    let runs = 0;
    const job = { run: async () => void runs++ };
    for (let node = 0; node < 3; node++) await TestApp.create(nightlyModule(job) as never, { network }).start();
    for (const round of [1, 2, 3]) {
      await clock.advance(60_000);
      await eventually(() => expect(runs).toBe(round));
    }
    const closing = network.close();
    await clock.advance(60_000);
    await closing;
  });

  test('an application with wrong settings does not start', async () => {
    expect(() => new Settings({ FREE_FROM_CENTS: 'five' })).toThrow(/give cents/);
    const app = await TestApp.create(SettingsModule).start();
    expect(app.get(Settings).freeFromCents).toBe(5_000);
    await app.close();
  });
});
