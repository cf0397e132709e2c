import assert from 'node:assert/strict';
import type { NodeRecord } from '../node-record.js';
import { never, type Define } from './harness.js';

/** Records come, change and go, and others see it. */
export function registrationCases(define: Define): void {
  define('a registered node is seen by another process, whole', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const schema = { type: 'object', properties: { name: { type: 'string', maxLength: 80 } }, required: ['name'] };
    const node = stage.node('a', {
      version: '2.1.0-rc.1+build.7',
      addresses: { skerry: 'tcp://[::1]:4101', grpc: 'tcp://10.0.0.7:4101' },
      zone: 'eu-1',
      weight: 100,
      codecs: ['msgpack', 'json'],
      metadata: { colour: 'grün "quoted"\n', empty: '' },
      endpoints: [
        { name: 'countdown', kind: 'server-stream', idempotent: false, readOnly: false },
        { name: 'hello', kind: 'unary', idempotent: true, readOnly: false, request: schema, reply: { type: 'object' } },
      ],
    });
    await here.register(node, never);
    await stage.shows(there, [node]);
    await stage.shows(here, [node]);
  });

  define('a service that nobody registered has no nodes', async (stage) => {
    const driver = await stage.open();
    assert.deepEqual(await driver.lookup(stage.service, never), []);
  });

  define('registering again refreshes and never duplicates', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    for (let i = 0; i < 3; i++) await here.register(stage.node('a'), never);
    await stage.shows(there, [stage.node('a')]);
  });

  define('a record registered again under a higher epoch replaces the former', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    await here.register(stage.node('a', { weight: 10 }), never);
    const changed = stage.node('a', { weight: 20, epoch: 2 });
    await here.register(changed, never);
    await stage.shows(there, [changed]);
  });

  define('a lower epoch never replaces a higher one', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const late = stage.node('a', { weight: 10, epoch: 1 });
    const newer = stage.node('a', { weight: 20, epoch: 2 });
    await here.register(newer, never);
    await there.register(late, never);
    await stage.shows(there, [newer]);
    await stage.shows(here, [newer]);
  });

  define('a deregistered node is gone, and its sibling stays', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    await here.register(stage.node('a'), never);
    await here.register(stage.node('b', { version: '2.0.0' }), never);
    await stage.shows(there, [stage.node('a'), stage.node('b', { version: '2.0.0' })]);
    await here.deregister(stage.node('a'), never);
    await stage.shows(there, [stage.node('b', { version: '2.0.0' })]);
  });

  define('deregistering what is not there does no harm', async (stage) => {
    const driver = await stage.open();
    await driver.deregister(stage.node('a'), never);
    await driver.register(stage.node('a'), never);
    await driver.deregister(stage.node('a'), never);
    await driver.deregister(stage.node('a'), never);
    await stage.shows(driver, []);
  });

  define('a deregistered node can be registered again', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    await here.register(stage.node('a'), never);
    await here.deregister(stage.node('a'), never);
    await here.register(stage.node('a', { epoch: 2 }), never);
    await stage.shows(there, [stage.node('a', { epoch: 2 })]);
  });

  define('nodes that several processes register at once are all there', async (stage) => {
    const drivers = await Promise.all(Array.from({ length: 5 }, () => stage.open()));
    const nodes: NodeRecord[] = Array.from({ length: 50 }, (_, i) => stage.node(`n${i}`));
    await Promise.all(nodes.map((node, i) => drivers[i % drivers.length]!.register(node, never)));
    for (const driver of drivers) await stage.shows(driver, nodes);
  });

  define('services are listed as long as they have a node', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const other = stage.node('x', { service: `${stage.service}-other` });
    const listed = async (): Promise<string[]> =>
      (await there.services(never)).filter((name) => name.startsWith(stage.service)).sort();
    await here.register(stage.node('a'), never);
    await here.register(stage.node('b'), never);
    await here.register(other, never);
    await stage.eventually(async () => assert.deepEqual(await listed(), [stage.service, other.service]));
    await here.deregister(stage.node('a'), never);
    await here.deregister(other, never);
    await stage.eventually(async () => assert.deepEqual(await listed(), [stage.service]));
  });
}
