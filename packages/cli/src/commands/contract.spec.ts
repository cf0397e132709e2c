import { ShopFolder } from '../fixtures/shop-folder.js';

let folder: ShopFolder;
beforeEach(async () => {
  folder = await ShopFolder.create();
  await folder.write('breaking.module.js', ['IsInt(), Min(1)', 'IsInt(), Min(2)'], ['idempotent: true, ', '']);
  await folder.write('compatible.module.js', ['Length(1, 20)', 'Length(1, 40)']);
});
afterEach(() => folder.close());

const lock = (module = 'app.module.js') => folder.run('contract', 'lock', module);
const check = (...args: string[]) => folder.run('contract', 'check', ...args);

test('what was written down and has not changed is fine', async () => {
  expect((await lock()).stdout.text).toBe('created skerry.contract.json\n');
  expect((await lock()).stdout.text).toBe('unchanged skerry.contract.json\n');
  const { stdout, exitCode } = await check('app.module.js');
  expect(stdout.text).toBe('nothing has changed since skerry.contract.json\n');
  expect(exitCode).toBe(0);
});

test('what breaks others is listed, with whom it breaks, and fails', async () => {
  await lock();
  const { stdout, stderr, exitCode } = await check('breaking.module.js');
  expect(stderr.text).toBe('');
  expect(stdout.text).toBe(
    `3 breaking changes since skerry.contract.json
  shop.place  is not idempotent any more
    breaks  callers that try again after a failure may have it done twice; those that go on are not retried any more
  shop.place request: pieces  least value changed from 1 to 2
    breaks  callers that do as they did are refused
  shop receives orders.placed: pieces  least value changed from 1 to 2
    breaks  publishers that do as they did have their messages given up

1 compatible change since skerry.contract.json
  shop publishes orders.placed: pieces  least value changed from 1 to 2

make them otherwise; or accept them, and tell whom they break: skerry contract check --update
`,
  );
  expect(exitCode).toBe(1);
});

test('what breaks nobody is listed apart, and does not fail', async () => {
  await lock();
  const { stdout, exitCode } = await check('compatible.module.js');
  expect(stdout.text).toContain('shop.place request: id  greatest length changed from 20 to 40\n');
  // The same class is published as well.
  expect(stdout.text).toContain('1 breaking change since');
  expect(exitCode).toBe(1);
  await folder.write('silent.module.js', ['Length(1, 20)', 'Length(1, 40)'], [', publishes: [orderPlaced]', '']);
  await folder.write('silent-before.module.js', [', publishes: [orderPlaced]', '']);
  await lock('silent-before.module.js');
  const silent = await check('silent.module.js');
  expect(silent.stdout.text).toMatch(/^2 compatible changes since .*\n[^]*record them: skerry contract lock\n$/);
  expect(silent.exitCode).toBe(0);
});

test('programs get the changes as JSON', async () => {
  await lock();
  const { stdout, exitCode } = await check('breaking.module.js', '--json');
  expect(stdout.lines).toHaveLength(1);
  const { breaking, compatible, ...others } = JSON.parse(stdout.text);
  expect(others).toEqual({ lock: 'skerry.contract.json', updated: false });
  expect(breaking[1]).toEqual({
    ...{ where: 'shop.place request', field: 'pieces', what: 'least value changed from 1 to 2' },
    why: 'callers that do as they did are refused',
  });
  expect(compatible).toHaveLength(1);
  expect(exitCode).toBe(1);
});

test('changes are accepted by --update', async () => {
  await lock();
  const { stdout, exitCode } = await check('breaking.module.js', '--update');
  expect(stdout.text).toMatch(/^3 breaking changes[^]*\nupdated skerry\.contract\.json\n$/);
  expect(exitCode).toBe(0);
  expect((await check('breaking.module.js')).exitCode).toBe(0);
});

test('without anything written down, or with something else, it says what to do', async () => {
  const { stderr, exitCode } = await check('app.module.js');
  expect(stderr.text).toContain('there is no skerry.contract.json');
  expect(stderr.text).toContain('skerry contract lock');
  expect(exitCode).toBe(2);
  const wrong = await check('app.module.js', '--lock', 'package.json');
  expect(wrong.stderr.text).toContain(
    'package.json: Cannot read the contract\'s lock: it does not say "contractLock": 1',
  );
  expect(wrong.exitCode).toBe(2);
});
