import { FleetFolder } from '../../fixtures/fleet-folder.js';
import { PackageFolder } from '../../fixtures/package-folder.js';
import type { Finding } from '../check.js';
import { groundOf } from '../ground.js';
import { engines } from './engines.js';

let folder: FleetFolder;
beforeAll(async () => (folder = await FleetFolder.create()));
afterAll(() => folder.close());
beforeEach(() => (folder.alter = () => undefined));

function findings(module: string): Promise<readonly Finding[]> {
  return engines.run(groundOf(folder.terminal(), module));
}

test('an application that can be put together, with engines that answer; nothing of it is created', async () => {
  const dead = await folder.fail('orders.placed', [{ id: 'o-1' }]);
  expect(dead).toBe('stock.orders.placed');
  expect(await findings('app.module.js')).toEqual([
    { status: 'ok', text: 'app.module.js can be put together' },
    { status: 'ok', text: 'registry local: 0 services' },
    { status: 'ok', text: 'store memory: answers' },
    { status: 'ok', text: 'broker shared: answers; 1 dead letters: skerry dlq list' },
  ]);
  expect(folder.told).toEqual([]);
});

test('an engine that cannot be reached, without the password that its error shows', async () => {
  folder.alter = (driver) => {
    const refused = new Error('connect ECONNREFUSED 127.0.0.1:5672', {
      cause: new Error('at amqp://guest:s3cret@127.0.0.1:5672/'),
    });
    Object.assign(driver.deadLetters!, { queues: () => Promise.reject(refused) });
  };
  const found = (await findings('app.module.js')).find(({ status }) => status === 'fail')!;
  expect(found.text).toBe('broker shared: connect ECONNREFUSED 127.0.0.1:5672: at amqp://127.0.0.1:5672/');
  expect(found.fix).toContain('start it');
});

test('an application that is not there, and one that cannot be put together', async () => {
  expect(await findings('gone.module.js')).toEqual([
    { status: 'fail', text: expect.stringContaining('Cannot find gone.module.js'), fix: expect.any(String) },
  ]);
  expect(await findings('app.module.js#GoneModule')).toEqual([
    { status: 'fail', text: expect.stringContaining('exports no GoneModule'), fix: expect.any(String) },
  ]);
});

test('a folder without an application is nothing that is wrong', async () => {
  const plain = new PackageFolder();
  expect(await plain.run(engines)).toEqual([{ status: 'ok', text: expect.stringContaining('none here') }]);
  plain.write('package.json', { type: 'module', skerry: { module: 'dist/app.module.js' } });
  expect(await plain.run(engines)).toEqual([
    { status: 'fail', text: expect.stringContaining('Cannot find dist/app.module.js'), fix: expect.any(String) },
  ]);
  plain.close();
});
