import { Skerry, type Client } from '@skerry/core';
import { eventually } from '@skerry-private/test-kit';
import { ManualClock, TestApp, TestNetwork } from '@skerry/testing';
import type { Accounts } from '../accounts/accounts.service.js';
import type { Returns } from '../billing/returns.service.js';
import { CardIssuer } from '../billing/card-issuer.js';
import { ProductionModule } from './app.module.js';

// #region test
describe('the application of production', () => {
  test('is wired, and its engines can do what the services ask of them', async () => {
    // Verifies everything, and opens nothing.
    const app = await Skerry.create(ProductionModule, { logLevel: 'silent' });
    expect(app.graph.modules.map(({ name }) => name)).toContain('AccountsModule');
  });

  test('works, on engines of the test', async () => {
    const app = await TestApp.create(ProductionModule).start();
    const accounts: Client<Accounts> = app.client<Accounts>('accounts');
    await app.client<Returns>('returns').end({ ride: 'Ada-1', rider: 'Ada', minutes: 10 });
    await eventually(async () => expect(await accounts.of('Ada')).toMatchObject({ minutes: 10 }));
    await app.close();
  });

  test('is ready while the bank is', async () => {
    const clock = new ManualClock();
    let open = true;
    const app = await TestApp.create(ProductionModule, { network: new TestNetwork(clock) })
      .override(CardIssuer)
      .useValue({ isOpen: async () => open })
      .start();
    expect(app.application.health.status).toBe('ready');
    open = false;
    await eventually(async () => {
      await clock.advance(1_000);
      expect(app.application.health.status).toBe('not-ready');
    });
    const closing = app.close();
    await clock.advance(60_000);
    await closing;
  });
});
// #endregion test
