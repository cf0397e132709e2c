import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ManualClock } from '@skerry/core';
import type { ConsulOptions } from '../consul-options.js';
import { ConsulRegistryDriver } from './consul-registry.js';
import { record } from './fixtures/record.js';

/** What goes over the wire, and what becomes of answers that no Consul would give: a server that writes down and plays tricks. */
describe('requests to an agent', () => {
  const never = new AbortController().signal;
  const clock = new ManualClock();
  let server: Server;
  let base: string;
  let asked: string[];
  let tokens: unknown[];
  let answer: (response: ServerResponse, request: IncomingMessage) => void;
  const opened: ConsulRegistryDriver[] = [];

  const open = (options: ConsulOptions = {}): ConsulRegistryDriver => {
    const driver = new ConsulRegistryDriver(clock, { url: base, ...options }, {});
    opened.push(driver);
    return driver;
  };
  const json = (response: ServerResponse, body: unknown, status = 200): void => {
    response.writeHead(status, { 'content-type': 'application/json', 'x-consul-index': '7' });
    response.end(JSON.stringify(body));
  };

  beforeEach(async () => {
    asked = [];
    tokens = [];
    answer = (response) => json(response, []);
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      tokens.push(request.headers['x-consul-token']);
      answer(response, request);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    for (const driver of opened.splice(0)) await driver.close();
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });

  test.each<[ConsulOptions, string]>([
    [{}, '/v1/health/service/orders?passing=true&stale=1'],
    [{ consistency: 'default' }, '/v1/health/service/orders?passing=true'],
    [{ consistency: 'consistent' }, '/v1/health/service/orders?passing=true&consistent=1'],
    [{ datacenter: 'eu' }, '/v1/health/service/orders?passing=true&dc=eu&stale=1'],
  ])('with %j lookups ask %s', async (options, path) => {
    expect(await open(options).lookup('orders', never)).toEqual([]);
    expect(asked).toEqual([`GET ${path}`]);
  });

  test('a watch asks at once, and then for what comes after', async () => {
    const driver = open({ waitMs: 12_000, token: 'of mine' });
    const held = new Promise<void>((resolve) => {
      answer = (response, { url }) => (url!.includes('index=') ? resolve() : json(response, []));
    });
    const reported = new Promise<void>((resolve) => void driver.watch('orders', () => resolve(), never));
    await reported;
    await clock.advance(100);
    await held;
    expect(asked).toEqual([
      'GET /v1/health/service/orders?passing=true&stale=1',
      'GET /v1/health/service/orders?passing=true&stale=1&index=7&wait=1000ms',
    ]);
    expect(tokens).toEqual(['of mine', 'of mine']);
  });

  test('registrations go to the agent, with the token, and to no datacenter', async () => {
    answer = (response, { url }) => json(response, {}, url!.includes('/agent/health/') ? 404 : 200);
    const driver = open({ datacenter: 'eu', token: 'of mine', url: `${base}/consul/` });
    await driver.register(record, never);
    await driver.deregister(record, never);
    expect(asked).toEqual([
      'GET /consul/v1/agent/health/service/id/orders-1',
      'PUT /consul/v1/agent/service/register',
      'PUT /consul/v1/agent/check/pass/service%3Aorders-1',
      'PUT /consul/v1/agent/service/deregister/orders-1',
    ]);
    expect(new Set(tokens)).toEqual(new Set(['of mine']));
  });

  test('a service that is unknown when it is deregistered is gone, as newer agents say it', async () => {
    answer = (response) => response.writeHead(404).end('Unknown service ID "orders-1"');
    await expect(open().deregister(record, never)).resolves.toBeUndefined();
  });

  test('a failure says what the agent said, in a line', async () => {
    answer = (response) =>
      response.writeHead(500, { 'content-type': 'text/plain' }).end(`No cluster\nleader ${'x'.repeat(1_000)}`);
    const driver = open();
    await expect(driver.lookup('orders', never)).rejects.toThrow(
      /^Consul answered 500: No cluster leader x{182}\.\.\.$/,
    );
    await expect(driver.register(record, never)).rejects.toThrow(/^Consul answered 500: No cluster leader/);
    await expect(driver.deregister(record, never)).rejects.toThrow(/^Consul answered 500: No cluster leader/);
  });

  test.each([
    ['a page', '<html>Welcome</html>', 'text/html'],
    ['half a list', '[{"Node":', 'application/json'],
    ['something else', '{"Node":{}}', 'application/json'],
    ['nothing', '', 'application/json'],
  ])('%s in place of a list is an error, and no empty service', async (_what, body, type) => {
    answer = (response) => response.writeHead(200, { 'content-type': type }).end(body);
    await expect(open().lookup('orders', never)).rejects.toThrow(/no list of services|Unexpected end/);
    await expect(open().services(never)).rejects.toThrow(/no list of|Unexpected end/);
    const watch = open().watch('orders', () => undefined, never);
    await expect(watch).rejects.toThrow(/no list of services|Unexpected end/);
  });

  test('an agent that dies in the middle of an answer does not outlast the caller’s patience', async () => {
    const patience = new AbortController();
    answer = (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1_000 });
      response.write('[', () => {
        response.destroy();
        patience.abort(new Error('no more patience'));
      });
    };
    await expect(open().lookup('orders', patience.signal)).rejects.toThrow('no more patience');
  });
});
