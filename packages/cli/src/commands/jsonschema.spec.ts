import { ShopFolder } from '../fixtures/shop-folder.js';

let folder: ShopFolder;
beforeAll(async () => (folder = await ShopFolder.create()));
afterAll(() => folder.close());

test('prints the classes of all messages as one schema, and starts nothing', async () => {
  const { stdout, stderr, exitCode } = await folder.run('jsonschema', 'app.module.js');
  expect(stderr.text).toBe('');
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout.text)).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'AppModule',
    $defs: { OrderPlaced: { required: ['id', 'pieces'] }, Receipt: { required: ['number'] } },
  });
});
