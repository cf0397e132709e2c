import { TestApp } from '@skerry/testing';
import type { Client } from '@skerry/core';
import { StationsModule } from './app.module.js';
import type { Stations } from './stations.service.js';

// #region test
describe('the stations', () => {
  let app: TestApp;
  let stations: Client<Stations>;

  beforeEach(async () => {
    app = await TestApp.create(StationsModule).start();
    stations = app.client<Stations>('stations');
  });

  afterEach(() => app.close());

  test('hand out bikes while there are some', async () => {
    await expect(stations.take({ station: 'market' })).resolves.toEqual({ station: 'market', bikes: 0 });
    await expect(stations.take({ station: 'market' })).rejects.toMatchObject({ code: 'NO_BIKES' });
    await expect(stations.look({ station: 'harbour' })).resolves.toEqual({ station: 'harbour', bikes: 3 });
  });

  test('refuse a request that is wrong, and say why', async () => {
    await expect(stations.look({ station: '' })).rejects.toMatchObject({
      code: 'SKERRY_VALIDATION_FAILED',
      fields: [{ path: 'station' }],
    });
  });
});
// #endregion test
