import { clientToken, type Client } from '@skerry/core';
import { TestApp } from '@skerry/testing';
import type { Greeter } from '@my-workspace/greeter';
import { AppModule } from './app.module.js';
import type { Reception } from './reception.service.js';

test('welcomes with what the greeter says', async () => {
  const app = await TestApp.create(AppModule)
    .override(clientToken<Client<Greeter>>('greeter'))
    .useValue({ hello: async ({ name }) => ({ message: `Ahoy ${name}` }) })
    .start();
  const reception = app.client<Reception>('reception');
  await expect(reception.welcome({ name: 'Ada' })).resolves.toEqual({ message: 'Ahoy Ada, welcome in.' });
  await expect(reception.guests()).resolves.toEqual({ names: [] });
  await app.close();
});
