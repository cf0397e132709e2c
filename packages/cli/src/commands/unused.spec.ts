import { ShopFolder } from '../fixtures/shop-folder.js';

let folder: ShopFolder;
beforeAll(async () => {
  folder = await ShopFolder.create();
  await folder.write('spare.module.js', ['providers: [Shop]', 'providers: [Shop, Receipt]']);
});
afterAll(() => folder.close());

test('says so when nothing is unused', async () => {
  const { exitCode, stdout } = await folder.run('unused', 'app.module.js', '--strict');
  expect([exitCode, stdout.text]).toEqual([0, 'AppModule needs all that it has.\n']);
});

test('tells what is unused, what to do, and what it does not know; with --strict it fails', async () => {
  const { exitCode, stdout } = await folder.run('unused', 'spare.module.js');
  expect(exitCode).toBe(0);
  expect(stdout.text).toMatch(
    /^provider Receipt {2}AppModule.*\n {2}why {2}nobody needs it\n {2}fix {2}remove it from AppModule\.providers\n\nNot known: what app\.get/,
  );
  const strict = await folder.run('unused', 'spare.module.js', '--strict', '--json');
  expect(strict.exitCode).toBe(1);
  expect(JSON.parse(strict.stdout.text)).toMatchObject([{ what: 'provider', name: 'Receipt' }]);
});
