import { parse } from 'yaml';
import { ShopFolder } from '../fixtures/shop-folder.js';

let folder: ShopFolder;
beforeAll(async () => (folder = await ShopFolder.create()));
afterAll(() => folder.close());

test('prints the handlers of an application as YAML, and starts nothing', async () => {
  const { stdout, stderr, exitCode } = await folder.run('openapi', 'app.module.js');
  expect(stderr.text).toBe('');
  expect(exitCode).toBe(0);
  expect(parse(stdout.text)).toMatchObject({
    openapi: '3.1.0',
    info: { title: 'AppModule', version: '1.4.0' },
    paths: { '/shop/place': { post: { description: 'Places an order.' } }, '/shop/receipt': { get: {}, post: {} } },
  });
});

test('prints JSON for programs', async () => {
  const { stdout } = await folder.run('openapi', 'app.module.js', '--json');
  expect(stdout.lines).toHaveLength(1);
  expect(JSON.parse(stdout.text)).toMatchObject({ openapi: '3.1.0' });
});
