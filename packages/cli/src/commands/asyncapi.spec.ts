import { parse } from 'yaml';
import { ShopFolder } from '../fixtures/shop-folder.js';

let folder: ShopFolder;
beforeAll(async () => (folder = await ShopFolder.create()));
afterAll(() => folder.close());

test('prints the events of an application as YAML, and starts nothing', async () => {
  const { stdout, stderr, exitCode } = await folder.run('asyncapi', 'app.module.js');
  expect(stderr.text).toBe('');
  expect(exitCode).toBe(0);
  expect(stdout.text).toMatch(/^asyncapi: 3\.0\.0\n/);
  expect(stdout.text).not.toMatch(/[&*]a1\b/);
  expect(parse(stdout.text)).toMatchObject({
    info: { title: 'AppModule', version: '1.4.0' },
    channels: { 'orders.placed': { description: 'An order was accepted.' } },
    operations: {
      'shop.noted': { action: 'receive', 'x-skerry-queue': 'notes.orders.placed' },
      'shop.publish.orders.placed': { action: 'send' },
    },
  });
});

test('prints JSON for people and for programs, the same in both', async () => {
  const indented = await folder.run('asyncapi', 'app.module.js', '--format', 'json');
  const { stdout } = await folder.run('asyncapi', 'app.module.js', '--json');
  expect(stdout.lines).toHaveLength(1);
  expect(JSON.parse(stdout.text)).toEqual(JSON.parse(indented.stdout.text));
  expect(indented.stdout.lines[1]).toBe('  "asyncapi": "3.0.0",');
});

test('takes a title and a version', async () => {
  const { stdout } = await folder.run(
    'asyncapi',
    'app.module.js',
    '--title',
    'Shop',
    '--api-version',
    '2.0.0',
    '--json',
  );
  expect(JSON.parse(stdout.text)).toMatchObject({ info: { title: 'Shop', version: '2.0.0' } });
});

test('writes a file, and says whether that has changed it', async () => {
  const first = await folder.run('asyncapi', 'app.module.js', '--out', 'docs/events.yaml');
  expect(first.stdout.text).toBe('created docs/events.yaml\n');
  const again = await folder.run('asyncapi', 'app.module.js', '--out', 'docs/events.yaml', '--json');
  expect(JSON.parse(again.stdout.text)).toEqual({ file: 'docs/events.yaml', done: 'unchanged' });
  const other = await folder.run('asyncapi', 'app.module.js', '--out', 'docs/events.yaml', '--title', 'Shop');
  expect(other.stdout.text).toBe('updated docs/events.yaml\n');
  expect(parse(await folder.read('docs/events.yaml'))).toMatchObject({ info: { title: 'Shop' } });
});

test('says when the file cannot be written', async () => {
  const { stderr, exitCode } = await folder.run('asyncapi', 'app.module.js', '--out', 'app.module.js/events.yaml');
  expect(stderr.text).toContain('Cannot write app.module.js/events.yaml');
  expect(exitCode).toBe(2);
});

test('says what is wrong with an application instead of describing it', async () => {
  await folder.write('wrong.module.js', ['publishes: [orderPlaced]', 'publishes: [undefined]']);
  const { stderr, stdout, exitCode } = await folder.run('asyncapi', 'wrong.module.js');
  expect(stderr.text).toContain('entry 0 of its publishes is undefined');
  expect(stdout.text).toBe('');
  expect(exitCode).toBe(1);
});
