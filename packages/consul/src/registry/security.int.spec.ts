import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect, promisify } from 'node:util';
import { consulStarter, eventually, findConsul, type ConsulAgent } from '@skerry-private/test-kit';
import { Registry, SystemClock, type SkerryError } from '@skerry/core';
import type { ConsulOptions } from '../consul-options.js';
import { ConsulRegistryDriver } from './consul-registry.js';
import { description, record } from './fixtures/record.js';

const consul = await findConsul();
const unlessMissing = consul ? describe : describe.skip;
const never = new AbortController().signal;
const clock = new SystemClock();

const opened: ConsulRegistryDriver[] = [];
const open = (options: ConsulOptions): ConsulRegistryDriver => {
  const driver = new ConsulRegistryDriver(clock, options, {});
  opened.push(driver);
  return driver;
};
afterEach(async () => {
  for (const driver of opened.splice(0)) await driver.close();
});

const refusal = (call: Promise<unknown>): Promise<SkerryError> =>
  call.then(
    () => Promise.reject(new Error('it was not refused')),
    (error: unknown) => error as SkerryError,
  );

unlessMissing('an agent that asks for tokens', () => {
  const startConsul = consulStarter(afterAll, consul);
  let agent: ConsulAgent;
  let token: string;

  const order = async (path: string, body?: object, as?: string): Promise<Record<string, string>> => {
    const response = await fetch(`${agent.url}/v1/${path}`, {
      method: 'PUT',
      ...(body ? { body: JSON.stringify(body) } : {}),
      headers: as ? { 'x-consul-token': as } : {},
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return text === '' ? {} : (JSON.parse(text) as Record<string, string>);
  };

  beforeAll(async () => {
    agent = await startConsul({ hcl: 'acl { enabled = true default_policy = "deny" }' });
    const root = await eventually(async () => (await order('acl/bootstrap'))['SecretID']!, { withinMs: 15_000 });
    await order('agent/token/agent', { Token: root }, root);
    const Rules = `service "orders" { policy = "write" } node_prefix "" { policy = "read" }`;
    await order('acl/policy', { Name: 'orders', Rules }, root);
    token = (await order('acl/token', { Policies: [{ Name: 'orders' }] }, root))['SecretID']!;
  }, 60_000);

  test('gets the one that was given, with everything that is asked', async () => {
    const driver = open({ url: agent.url, token });
    await driver.register(record, never);
    await driver.register(record, never);
    await eventually(async () => expect(await driver.lookup('orders', never)).toEqual([record]));
    expect(await driver.services(never)).toEqual(['orders']);
    const stop = new AbortController();
    await driver.watch('orders', () => stop.abort(), stop.signal);
    await driver.deregister(record, never);
    await eventually(async () => expect(await driver.lookup('orders', never)).toEqual([]));
  });

  test.each([
    ['without a token', undefined],
    ['with a wrong one', '0f0f0f0f-1111-2222-3333-444444444444'],
  ])('%s refuses registrations, by a code, and its error does not tell the token', async (_how, wrong) => {
    const driver = open({ url: agent.url, ...(wrong ? { token: wrong } : {}) });
    const error = await refusal(driver.register(record, never));
    expect(error).toMatchObject({
      code: 'SKERRY_REGISTRY_FORBIDDEN',
      retryable: false,
      message: expect.stringMatching(/^cannot register orders-1: Consul answered 403: .*CONSUL_HTTP_TOKEN/),
    });
    expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain(wrong ?? 'x-consul-token');
  });

  test('refuses what a token does not cover', async () => {
    const driver = open({ url: agent.url, token });
    const error = await refusal(driver.register({ ...record, service: 'payments', id: 'payments-1' }, never));
    expect(error.code).toBe('SKERRY_REGISTRY_FORBIDDEN');
  });

  test('ends the wait of an application that starts with a wrong token', async () => {
    const registry = new Registry(open({ url: agent.url, token: 'wrong' }), clock);
    await expect(registry.register(description).ready).rejects.toMatchObject({ code: 'SKERRY_REGISTRY_FORBIDDEN' });
    await expect(registry.lookup('orders')).rejects.toMatchObject({ code: 'SKERRY_REGISTRY_FORBIDDEN' });
    await registry.close();
  });

  test('that is not there does not get the token told either', async () => {
    const driver = open({ url: 'http://127.0.0.1:1', token });
    const error = await refusal(driver.register(record, never));
    expect(error.message).toContain('ECONNREFUSED');
    expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain(token);
  });
});

unlessMissing('an agent that speaks TLS', () => {
  const startConsul = consulStarter(afterAll, consul);
  let folder: string;
  let agent: ConsulAgent;
  const pem = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skerry-tls-'));
    const tls = (...args: string[]) => promisify(execFile)(consul!, ['tls', ...args], { cwd: folder });
    await tls('ca', 'create');
    await tls('cert', 'create', '-server');
    await tls('cert', 'create', '-client');
    agent = await startConsul({
      hcl: `ca_file = "${folder}/consul-agent-ca.pem" cert_file = "${folder}/dc1-server-consul-0.pem"
        key_file = "${folder}/dc1-server-consul-0-key.pem" verify_incoming_https = true`,
    });
  }, 60_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('is believed by the certificate of its authority, and believes by ours', async () => {
    const tls = {
      ca: await pem('consul-agent-ca.pem'),
      cert: await pem('dc1-client-consul-0.pem'),
      key: await pem('dc1-client-consul-0-key.pem'),
    };
    const driver = open({ url: agent.tlsUrl, tls });
    await driver.register(record, never);
    await eventually(async () => expect(await driver.lookup('orders', never)).toEqual([record]));
    const other = open({ url: agent.tlsUrl, tls: { ...tls, serverName: 'somebody.else' } });
    await expect(other.lookup('orders', never)).rejects.toThrow(/somebody\.else/);
  });

  test('of an authority that nobody knows is not spoken to', async () => {
    await expect(open({ url: agent.tlsUrl }).lookup('orders', never)).rejects.toThrow(/certificate/);
  });

  test('sends away who has no certificate, even one that believes everybody', async () => {
    const driver = open({ url: agent.tlsUrl, tls: { verify: false } });
    await expect(driver.lookup('orders', never)).rejects.toThrow(/certificate|ECONNRESET|socket hang up/);
  });
});
