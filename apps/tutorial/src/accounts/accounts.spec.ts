import { TestApp, TestNetwork } from '@skerry/testing';
import { BillingModule } from '../billing/app.module.js';
import type { Returns } from '../billing/returns.service.js';
import { AccountsModule } from './app.module.js';
import type { Accounts } from './accounts.service.js';

// #region test
test('whoever follows an account sees each ride as it is added', async () => {
  const network = new TestNetwork();
  await TestApp.create(BillingModule, { network }).start();
  const app = await TestApp.create(AccountsModule, { network }).start();
  const minutes: number[] = [];
  for await (const account of app.client<Accounts>('accounts').follow('Ada')) {
    minutes.push(account.minutes);
    if (minutes.length === 3) break;
    await app.client<Returns>('returns').end({ ride: `Ada-${minutes.length}`, rider: 'Ada', minutes: 10 });
  }
  expect(minutes).toEqual([0, 10, 20]);
  await expect(app.client<Accounts>('accounts').of('Ada')).resolves.toEqual({ rider: 'Ada', minutes: 20 });
  await network.close();
});
// #endregion test
