import { TestApp, TestNetwork } from '@skerry/testing';
import { StationsModule } from '../stations/app.module.js';
import type { Stations } from '../stations/stations.service.js';
import { RidesModule } from './app.module.js';
import type { Rides } from './rides.service.js';

// #region test
describe('rides and stations, two applications', () => {
  let network: TestNetwork;

  beforeEach(() => (network = new TestNetwork()));
  afterEach(() => network.close());

  test('a ride takes a bike of its station', async () => {
    await TestApp.create(StationsModule, { network }).start();
    const app = await TestApp.create(RidesModule, { network }).start();
    const rides = app.client<Rides>('rides');
    await expect(rides.begin({ rider: 'Ada', station: 'harbour' })).resolves.toEqual({ id: 'Ada-1' });
    await expect(app.client<Stations>('stations').look({ station: 'harbour' })).resolves.toMatchObject({ bikes: 2 });
  });

  test('a call waits for a service that is still starting', async () => {
    const app = await TestApp.create(RidesModule, { network }).start();
    const ride = app.client<Rides>('rides').begin({ rider: 'Ada', station: 'harbour' });
    await TestApp.create(StationsModule, { network }).start();
    await expect(ride).resolves.toEqual({ id: 'Ada-1' });
  });
});
// #endregion test
