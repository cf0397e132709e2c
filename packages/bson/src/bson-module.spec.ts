import { Codecs, Envelopes, Module, Skerry, type Application, type DynamicModule } from '@skerry/core';
import { BsonModule } from './bson-module.js';

@Module()
class Root {}

async function started(imported: DynamicModule): Promise<Application> {
  return Skerry.create({ module: Root, imports: [imported] }, { onEvent: () => undefined });
}

test.each([
  [false, ['json', 'bson']],
  [true, ['bson', 'json']],
])('preferred: %p', async (preferred, names) => {
  const app = await started(BsonModule.forRoot({ preferred }));
  await app.start();
  expect(app.get(Codecs).names).toEqual(names);
  expect(app.get(Envelopes).all.map(({ name }) => name)).toEqual(['json-rpc', 'bson-rpc']);
  await app.stop('the test is over');
});
