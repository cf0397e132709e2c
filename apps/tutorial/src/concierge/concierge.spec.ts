import { clientToken, type Client } from '@skerry/core';
import { TestApp, TestNetwork } from '@skerry/testing';
import { StationsModule } from '../stations/app.module.js';
import { NoBikes } from '../stations/no-bikes.js';
import { RidesModule } from '../rides/app.module.js';
import type { Rides } from '../rides/rides.service.js';
import { ConciergeModule } from './app.module.js';
import type { Concierge } from './concierge.service.js';

describe('the concierge', () => {
  let network: TestNetwork;

  beforeEach(() => (network = new TestNetwork()));
  afterEach(() => network.close());

  // #region errors
  test('goes on to the next station when the error of another service says that there is no bike', async () => {
    await TestApp.create(StationsModule, { network }).start();
    await TestApp.create(RidesModule, { network }).start();
    const app = await TestApp.create(ConciergeModule, { network }).start();
    const concierge = app.client<Concierge>('concierge', { errors: [NoBikes] });
    const trip = { rider: 'Ada', stations: ['nowhere', 'market'] };
    await expect(concierge.begin(trip)).resolves.toMatchObject({ from: 'market' });
    // It crossed two services, and tells where it began.
    const error = await concierge.begin({ rider: 'Ada', stations: ['nowhere'] }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NoBikes);
  });
  // #endregion errors

  // #region retry
  test('does not notice a node that is gone', async () => {
    const first = await TestApp.create(StationsModule, { network }).start();
    await TestApp.create(StationsModule, { network }).start();
    const app = await TestApp.create(ConciergeModule, { network }).start();
    const concierge = app.client<Concierge>('concierge');
    await concierge.advise('harbour');
    await first.close();
    for (let call = 0; call < 10; call++) await expect(concierge.advise('harbour')).resolves.toBe('go to harbour');
  });
  // #endregion retry

  // #region override
  test('passes on what it does not understand', async () => {
    const failing = { begin: () => Promise.reject(new Error('the disk is full')) };
    const app = await TestApp.create(ConciergeModule, { network })
      .override(clientToken<Client<Rides>>('rides'))
      .useValue(failing)
      .start();
    const trip = app.client<Concierge>('concierge').begin({ rider: 'Ada', stations: ['harbour'] });
    // An error that was not made for others stays in the log of its node.
    await expect(trip).rejects.toMatchObject({ code: 'SKERRY_RPC_INTERNAL' });
  });
  // #endregion override
});
