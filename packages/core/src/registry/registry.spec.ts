import { ManualClock } from '../clock/manual-clock.js';
import type { RegistryCapabilities } from './driver.js';
import { MemoryRegistryEngine } from './memory-engine.js';
import { MemoryRegistryDriver } from './memory.js';
import { Registry, type NodeDescription } from './registry.js';
import type { RegistryOptions } from './registry-options.js';

const echo: NodeDescription = {
  service: 'echo',
  id: 'echo-1',
  version: '1.0.0',
  addresses: { skerry: 'tcp://127.0.0.1:4101' },
  weight: 10,
  metadata: {},
  endpoints: [],
};

function setUp(capabilities: Partial<RegistryCapabilities> = {}, options: RegistryOptions = {}) {
  const clock = new ManualClock();
  const engine = new MemoryRegistryEngine(clock);
  const registry = new Registry(new MemoryRegistryDriver(engine, capabilities), clock, options);
  return { clock, engine, registry };
}

const coded = (code: string, message = ''): Error =>
  expect.objectContaining({ code, message: expect.stringContaining(message) }) as Error;

describe('the registry', () => {
  test('says which engine it runs on', () => {
    expect(setUp().registry.engine).toBe('memory');
  });

  test('refuses to register through an engine that others fill', () => {
    const { registry } = setUp({ writable: false });
    expect(() => registry.register(echo)).toThrow(
      coded('SKERRY_REGISTRY_NOT_WRITABLE', 'the memory registry is filled by others'),
    );
  });

  test('refuses a record that is larger than the engine takes, with both sizes', () => {
    const { registry } = setUp({ maxRecordBytes: 1_000 });
    const large = { ...echo, metadata: { padding: 'ü'.repeat(1_000) } };
    expect(() => registry.register(large)).toThrow(coded('SKERRY_REGISTRY_RECORD_TOO_LARGE', 'takes 1000'));
    expect(() => registry.register(large)).toThrow(/its record is 2\d\d\d bytes/);
    expect(registry.register(echo).state).toBe('registering');
  });

  test.each<[string, Partial<NodeDescription>]>([
    ['service is ""', { service: '' }],
    ['service is "a\\nb"', { service: 'a\nb' }],
    ['id is', { id: 'x'.repeat(301) }],
    ['weight is 0', { weight: 0 }],
    [
      'endpoints[0].kind',
      { endpoints: [{ name: 'hello', kind: 'sometimes' as 'unary', idempotent: true, readOnly: false }] },
    ],
  ])('refuses a node that readers would not take: %s', (problem, change) => {
    const { registry } = setUp();
    expect(() => registry.register({ ...echo, ...change })).toThrow(coded('SKERRY_SERVICE_INVALID', problem));
  });

  test('refuses to look for a name that no service can have', async () => {
    const { registry } = setUp();
    expect(() => registry.service('')).toThrow(coded('SKERRY_SERVICE_INVALID', 'cannot look up'));
    await expect(registry.lookup('x'.repeat(201))).rejects.toEqual(coded('SKERRY_SERVICE_INVALID'));
  });

  test.each<RegistryOptions>([
    { ttlMs: 0 },
    { deadlineMs: NaN },
    { relistMs: 2 ** 31 },
    { intervalMs: 30_001 },
    { ttlMs: 39_999 },
  ])('refuses options that cannot work: %p', (options) => {
    expect(() => setUp({}, options)).toThrow(coded('SKERRY_OPTION_INVALID'));
  });

  test('is not changed by what the caller does with the node afterwards', async () => {
    const { engine, registry } = setUp();
    const metadata: Record<string, string> = { colour: 'blue' };
    const registration = registry.register({ ...echo, metadata });
    metadata['colour'] = 'red';
    await registration.ready;
    expect(engine.nodes('echo')[0]!.metadata).toEqual({ colour: 'blue' });
  });

  test('looks up and lists services afresh, frozen', async () => {
    const { registry } = setUp();
    await registry.register(echo).ready;
    await registry.register({ ...echo, service: 'arena', id: 'arena-1' }).ready;
    const nodes = await registry.lookup('echo');
    expect(nodes).toEqual([{ ...echo, ttlMs: 60_000, epoch: 1 }]);
    expect(Object.isFrozen(nodes)).toBe(true);
    expect(await registry.services()).toEqual(['arena', 'echo']);
    expect(await registry.lookup('nobody')).toEqual([]);
  });

  test('gives every operation a deadline', async () => {
    const { clock, engine, registry } = setUp({}, { deadlineMs: 2_000 });
    engine.freeze();
    const outcomes = Promise.allSettled([registry.lookup('echo'), registry.services()]);
    await clock.advance(2_000);
    const late = coded('SKERRY_REGISTRY_UNAVAILABLE', 'no answer within 2000 ms');
    expect(await outcomes).toEqual([
      { status: 'rejected', reason: late },
      { status: 'rejected', reason: late },
    ]);
    expect(clock.pendingTimers).toBe(0);
  });

  test('gives up a driver that ignores its signal', async () => {
    const clock = new ManualClock();
    const deaf = new MemoryRegistryDriver(new MemoryRegistryEngine(clock));
    deaf.lookup = () => new Promise(() => undefined);
    const registry = new Registry(deaf, clock);
    const lookup = expect(registry.lookup('echo')).rejects.toEqual(
      coded('SKERRY_REGISTRY_UNAVAILABLE', 'within 5000 ms'),
    );
    await clock.advance(5_000);
    await lookup;
  });

  test('ends an operation with the reason of its signal', async () => {
    const { clock, engine, registry } = setUp();
    engine.freeze();
    const caller = new AbortController();
    const lookup = registry.lookup('echo', caller.signal);
    const reason = new Error('the caller has gone');
    caller.abort(reason);
    await expect(lookup).rejects.toBe(reason);
    await expect(registry.services(caller.signal)).rejects.toBe(reason);
    expect(clock.pendingTimers).toBe(0);
  });

  test('wraps what the engine throws once, with its name and the cause', async () => {
    const { engine, registry } = setUp();
    engine.stop();
    const error: unknown = await registry.lookup('echo').catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'SKERRY_REGISTRY_UNAVAILABLE',
      message: 'cannot look up echo in the memory registry: the engine is stopped',
      details: { engine: 'memory' },
      cause: new Error('the engine is stopped'),
    });
  });

  test('goes on when whoever listens to its events throws', async () => {
    const clock = new ManualClock();
    const engine = new MemoryRegistryEngine(clock);
    const registry = new Registry(new MemoryRegistryDriver(engine), clock, {}, () => {
      throw new Error('a bug of the logger');
    });
    await registry.register(echo).ready;
    engine.wipe();
    await clock.advance(20_000);
    expect(engine.nodes('echo')).toHaveLength(1);
    await registry.close();
  });

  test('closing deregisters, ends everything, and is harmless twice', async () => {
    const { clock, engine, registry } = setUp();
    const registration = registry.register(echo);
    await registration.ready;
    const view = registry.service('echo');
    await view.wait((nodes) => nodes.length === 1);
    await Promise.all([registry.close(), registry.close()]);
    await registry.close();
    expect(registration.state).toBe('gone');
    expect(engine.nodes('echo')).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
    const closed = coded('SKERRY_APP_STATE', 'the registry is closed');
    expect(() => registry.register(echo)).toThrow(closed);
    expect(() => registry.service('other')).toThrow(closed);
    await expect(registry.lookup('echo')).rejects.toEqual(closed);
    await expect(registry.services()).rejects.toEqual(closed);
    expect(view.nodes).toHaveLength(1);
  });

  test('closing ends though the engine hangs', async () => {
    const { clock, engine, registry } = setUp();
    await registry.register(echo).ready;
    registry.service('echo');
    await clock.settle();
    engine.freeze();
    await clock.advance(20_000);
    let done = false;
    const closing = registry.close().then(() => (done = true));
    await clock.advance(10_000);
    expect(done).toBe(true);
    await closing;
  });
});
