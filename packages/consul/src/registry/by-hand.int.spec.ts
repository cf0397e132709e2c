import { consulStarter, eventually, findConsul, sharedConsul } from '@skerry-private/test-kit';
import { Registry, SystemClock } from '@skerry/core';
import { ConsulRegistryDriver } from './consul-registry.js';
import { description, record } from './fixtures/record.js';

const consul = await findConsul();
const never = new AbortController().signal;
const clock = new SystemClock();

(consul ? describe : describe.skip)('beside services that others registered', () => {
  const startConsul = consulStarter(afterAll, consul);
  // Of this run: the agent may be the machine's own.
  const service = `by-hand-${clock.randomHex(4)}`;
  const registered: string[] = [];
  let url: string;
  let driver: ConsulRegistryDriver;

  const order = async (path: string, body: object = {}): Promise<void> => {
    const response = await fetch(`${url}/v1/agent/${path}`, { method: 'PUT', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  };
  const register = async (id: string, definition: object): Promise<void> => {
    registered.push(id);
    await order('service/register', { Name: service, ID: id, ...definition });
  };

  beforeAll(async () => {
    url = await sharedConsul(startConsul);
  }, 60_000);

  beforeEach(() => {
    driver = new ConsulRegistryDriver(clock, { url }, {});
  });

  afterEach(async () => {
    await driver.close();
    for (const id of registered.splice(0)) await order(`service/deregister/${id}`);
  });

  test('these are nodes that can be called', async () => {
    await register(`${service}-1`, {
      Address: '10.0.0.7',
      Port: 9000,
      Tags: ['http', 'v2.3.4'],
      Meta: { zone: 'eu-1', colour: 'blue' },
      Weights: { Passing: 20, Warning: 1 },
    });
    const registry = new Registry(driver, clock);
    await eventually(async () =>
      expect(await registry.lookup(service)).toEqual([
        {
          service,
          id: expect.stringMatching(new RegExp(`^${service}-1@.`)),
          version: '2.3.4',
          addresses: { skerry: 'tcp://10.0.0.7:9000' },
          zone: 'eu-1',
          weight: 20,
          metadata: { colour: 'blue' },
          endpoints: [],
          ttlMs: 60_000,
          epoch: 0,
        },
      ]),
    );
    await registry.close();
  });

  test('one whose check fails is not found, nor is its name', async () => {
    const Check = { CheckID: `check-${service}`, TTL: '60s', Status: 'passing' };
    await register(`${service}-1`, { Port: 9000, Check });
    await eventually(async () => expect(await driver.lookup(service, never)).toHaveLength(1));
    expect(await driver.services(never)).toContain(service);
    for (const state of ['warn', 'fail']) {
      await order(`check/${state}/check-${service}`);
      await eventually(async () => expect(await driver.lookup(service, never)).toEqual([]));
      expect(await driver.services(never)).not.toContain(service);
    }
    await register(`${service}-2`, { Port: 9001 });
    await eventually(async () => expect(await driver.lookup(service, never)).toHaveLength(1));
    expect(await driver.services(never)).toContain(service);
  });

  test('a machine in maintenance has no nodes', async () => {
    await register(`${service}-1`, { Port: 9000 });
    await eventually(async () => expect(await driver.services(never)).toContain(service));
    try {
      await order('maintenance?enable=true');
      await eventually(async () => expect(await driver.lookup(service, never)).toEqual([]));
      expect(await driver.services(never)).not.toContain(service);
    } finally {
      await order('maintenance?enable=false');
    }
  });

  test('a node of Skerry’s shows its place, weight and version in Consul, and keeps its refreshes through hands', async () => {
    const id = `${service}-own`;
    const node = { ...record, service, id, weight: 33, version: '4.5.6' };
    registered.push(id);
    await driver.register(node, never);
    const response = await fetch(`${url}/v1/agent/service/${id}`);
    expect(await response.json()).toMatchObject({
      Service: service,
      Address: '127.0.0.1',
      Port: 4101,
      Weights: { Passing: 33 },
      Meta: { 'skerry-version': '4.5.6' },
    });
    // What somebody changed or removed by hand is as it was with the next refresh.
    await order('service/register', { Name: service, ID: id, Port: 1 });
    await driver.register(node, never);
    await eventually(async () => expect(await driver.lookup(service, never)).toEqual([node]));
    await order(`check/deregister/service:${id}`);
    await driver.register(node, never);
    await order(`check/pass/service:${id}`);
    await order(`service/deregister/${id}`);
    await driver.register(node, never);
    await eventually(async () => expect(await driver.lookup(service, never)).toEqual([node]));
  });

  test('a record that does not fit into the meta is refused at once, however patient one is', async () => {
    const noise = clock.randomHex(40_000);
    const registry = new Registry(driver, clock);
    const registration = registry.register({ ...description, service, id: `${service}-large`, metadata: { noise } });
    await expect(registration.ready).rejects.toMatchObject({ code: 'SKERRY_REGISTRY_RECORD_TOO_LARGE' });
    await registry.close();
  });
});
