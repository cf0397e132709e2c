import { ShopFolder } from '../fixtures/shop-folder.js';

let folder: ShopFolder;
beforeAll(async () => (folder = await ShopFolder.create()));
afterAll(() => folder.close());

test('tells why something is there, for people and for programs', async () => {
  const { exitCode, stdout } = await folder.run('why', 'shop', 'app.module.js');
  expect(exitCode).toBe(0);
  expect(stdout.text).toContain("Shop  service 'shop', singleton\n");
  expect(stdout.text).toContain('path       AppModule\n');
  const json = await folder.run('why', 'Shop', 'app.module.js', '--json');
  expect(JSON.parse(json.stdout.text)).toMatchObject({
    token: 'Shop',
    providers: [{ service: 'shop', module: 'AppModule' }],
  });
});

test('fails with the nearest names', async () => {
  const { exitCode, stderr } = await folder.run('why', 'Shp', 'app.module.js');
  expect(exitCode).toBe(1);
  expect(stderr.text).toContain('Did you mean Shop');
});
