import {
  APPLICATION_INFO,
  Broker,
  Clock,
  Context,
  Handler,
  InjectClient,
  Module,
  Registry,
  Service,
  Subscribe,
  type Client,
  type SkerryError,
} from '@skerry/core';
import type { MeshNode } from './mesh-node.js';
import { TestMesh, type TestMeshOptions } from './test-mesh.js';

let heard: number[] = [];

@Service('stock')
class Stock {
  constructor(private readonly clock: Clock) {}

  @Handler({ idempotent: true })
  async where(): Promise<string> {
    return (this.clock as unknown as { node: string }).node;
  }

  @Handler()
  async once(context: Context): Promise<void> {
    await this.clock.sleep(100, context.signal);
  }

  @Handler({ request: Number })
  async *count(to: number): AsyncGenerator<number> {
    for (let at = 1; at <= to; at++) yield at;
  }

  @Subscribe('sold', { queue: 'stock' })
  async sold(id: number): Promise<void> {
    heard.push(id);
  }
}

@Service('shop')
class Shop {
  constructor(@InjectClient('stock') private readonly stock: Client<Stock>) {}

  @Handler({ idempotent: true })
  async where(): Promise<string> {
    return this.stock.where();
  }
}

@Module({ providers: [Stock] })
class StockModule {}
@Module({ providers: [Shop] })
class ShopModule {}
@Module()
class CallerModule {}

const failure = (promise: Promise<unknown>): Promise<SkerryError> =>
  promise.then(
    () => Promise.reject(new Error('it should have failed')),
    (error: SkerryError) => error,
  );

describe('a mesh', () => {
  let mesh: TestMesh;
  let stock: MeshNode[];
  let caller: MeshNode;
  let client: Client<Stock>;

  async function open(options: TestMeshOptions = {}, instances = 1): Promise<void> {
    heard = [];
    mesh = await TestMesh.create(options);
    stock = await mesh.start('stock', StockModule, { instances });
    [caller] = (await mesh.start('caller', CallerModule)) as [MeshNode];
    client = caller.client<Stock>('stock');
    await mesh.result(client.where());
  }

  /** How long it takes, in virtual ms. */
  async function took(work: () => Promise<unknown>): Promise<number> {
    const before = mesh.nowMs;
    await mesh.result(work().catch(() => undefined));
    return mesh.nowMs - before;
  }

  afterEach(async () => {
    await mesh.close();
    expect(mesh.nodes.map(({ name, pendingTimers }) => `${name} ${pendingTimers}`)).toEqual(
      mesh.nodes.map(({ name }) => `${name} 0`),
    );
  });

  test('runs an hour in far less, and every node knows the same time', async () => {
    await open();
    await mesh.run(3_600_000);
    expect(mesh.nowMs).toBeGreaterThanOrEqual(3_600_000);
    expect(stock[0]!.get(Clock).now()).toBe(caller.get(Clock).now());
    await expect(mesh.result(client.where())).resolves.toBe('stock-1');
  });

  test('does the same again with the same seed, and something else with another', async () => {
    const digest = async (seed: number): Promise<string> => {
      await open({ seed, faults: 'chaos' }, 3);
      await mesh.start('shop', ShopModule);
      mesh.every(50, async () => {
        if (caller.state === 'running')
          await caller
            .client<Shop>('shop')
            .where()
            .catch(() => undefined);
      });
      await mesh.run(20_000);
      const { history } = mesh;
      await mesh.close();
      return history.digest();
    };
    const first = await digest(1);
    expect(await digest(1)).toBe(first);
    expect(await digest(2)).not.toBe(first);
  });

  test('takes as long for a call as its way there and back', async () => {
    await open({ faults: { latencyMs: [10, 10] } });
    expect(await took(() => client.where())).toBeCloseTo(20);
    mesh.latency({ from: 'stock', ms: [90, 90] });
    expect(await took(() => client.where())).toBeCloseTo(100);
    mesh.slow('stock-1', 3);
    expect(await took(() => client.where())).toBeCloseTo(300);
  });

  test('loses nothing of a connection, and keeps its order: what is lost is late, and all behind it', async () => {
    await open({ faults: { latencyMs: [0, 5], loss: 0.2 } });
    const got: number[] = [];
    const counting = (async () => {
      for await (const each of client.count(200)) got.push(each);
    })();
    await mesh.result(counting);
    expect(got).toEqual(Array.from({ length: 200 }, (_, at) => at + 1));
    expect(await took(async () => Promise.all([...Array(20)].map(() => client.where())))).toBeGreaterThan(199);
  });

  test('lets nothing through where it is cut; what was sent arrives when that is over', async () => {
    await open();
    const mend = mesh.partition(['stock'], ['caller']);
    const late = client.once();
    const error = await mesh.result(failure(client.once(undefined, { timeoutMs: 500 })));
    expect(error.code).toBe('SKERRY_RPC_DEADLINE_EXCEEDED');
    mend();
    await mesh.result(late, { withinMs: 1_000 });
  });

  test('can be cut one way: the work is done, and nobody hears of it', async () => {
    await open();
    mesh.partition(['stock'], ['caller'], { oneWay: true });
    const before = mesh.history.frames;
    expect((await mesh.result(failure(client.once(undefined, { timeoutMs: 500 })))).code).toMatch(/DEADLINE/);
    expect(mesh.history.frames).toBeGreaterThan(before);
    mesh.heal();
    await mesh.result(client.where());
  });

  test('tells of a crash at once; of a machine that is gone nobody is told', async () => {
    await open({}, 2);
    const lostAfter = async (silently: boolean): Promise<number> => {
      const address = (await mesh.result(client.where())) as string;
      const call = failure(client.once(undefined, { node: idOf(mesh.node(address)), timeoutMs: 30_000 }));
      await mesh.run(50);
      mesh.node(address).crash({ silently });
      return took(() => call);
    };
    const idOf = (node: MeshNode): string => `stock-${node.get(APPLICATION_INFO).instance}`;
    expect(await lostAfter(false)).toBeLessThan(10);
    // The keep-alive of the client notices: a second of silence, and three for an answer.
    expect(await lostAfter(true)).toBeGreaterThan(3_000);
  });

  test('starts a node again as a new one at its old address, which others then find', async () => {
    await open();
    const before = stock[0]!.get(APPLICATION_INFO).instance;
    stock[0]!.crash({ silently: true });
    await mesh.run(1_000);
    await stock[0]!.start();
    expect(stock[0]!.get(APPLICATION_INFO).instance).not.toBe(before);
    await expect(mesh.result(client.where(undefined, { timeoutMs: 20_000 }))).resolves.toBe('stock-1');
  });

  test('lets a node stand still, and go on with what came meanwhile', async () => {
    await open();
    stock[0]!.freeze();
    const call = client.where();
    await mesh.run(1_500);
    stock[0]!.thaw();
    expect(await took(() => call)).toBeLessThan(10);
    await expect(call).resolves.toBe('stock-1');
  });

  test('breaks connections, and the calls on them with those', async () => {
    await open();
    const call = failure(client.once());
    await mesh.run(50);
    mesh.reset('stock', 'caller');
    expect((await mesh.result(call)).code).toBe('SKERRY_RPC_CONNECTION_LOST');
  });

  test('delivers messages twice, and out of their order, where it is told to', async () => {
    await open({ faults: { duplicates: 0.5, reorder: 0.5 } });
    const ids = Array.from({ length: 30 }, (_, at) => at);
    for (const id of ids) await mesh.result(caller.get(Broker).publish('sold', id));
    await mesh.run(2_000);
    expect(heard.length).toBeGreaterThan(30);
    const first = [...new Set(heard)];
    expect(first).not.toEqual(ids);
    expect(first.sort((a, b) => a - b)).toEqual(ids);
  });

  test('has servers that fail: what is known is called while the registry is down', async () => {
    await open();
    mesh.registry.stop();
    await mesh.run(60_000);
    await expect(mesh.result(client.where())).resolves.toBe('stock-1');
    expect(caller.get(Registry).service('stock').failure?.code).toBe('SKERRY_REGISTRY_UNAVAILABLE');
  });

  test('drops what a node does in the turn in which it crashes', async () => {
    await open();
    const published = caller.get(Broker).publish('sold', 1);
    caller.crash();
    const second = caller.state === 'down' ? published : undefined;
    await mesh.run(5_000);
    expect(heard.length).toBeLessThanOrEqual(1);
    await expect(mesh.result(second!, { withinMs: 1_000 })).rejects.toMatchObject({ code: 'SKERRY_TEST_TIMEOUT' });
  });

  test('fails what runs as soon as an invariant does not hold', async () => {
    await open();
    mesh.always('nobody sells more than two', () => heard.length <= 2);
    for (const id of [1, 2, 3]) void caller.get(Broker).publish('sold', id);
    await expect(mesh.run(1_000)).rejects.toMatchObject({
      code: 'SKERRY_TEST_INVARIANT',
      message: expect.stringContaining('nobody sells more than two'),
    });
  });

  test('fails by what its own work throws, and by what does not come', async () => {
    await open();
    await expect(mesh.until(() => false, { withinMs: 500, what: 'nothing' })).rejects.toMatchObject({
      code: 'SKERRY_TEST_TIMEOUT',
      message: expect.stringContaining('nothing'),
    });
    mesh.every(10, () => Promise.reject(new Error('no more')));
    await expect(mesh.run(1_000)).rejects.toThrow('no more');
  });

  test('notices time that stands still because something goes in a circle', async () => {
    await open();
    const again = (): void => void mesh.clock.setTimer(0, again);
    again();
    await expect(mesh.run(1)).rejects.toThrow('no time passes any more');
    // What goes in a circle would keep the mesh from closing.
    mesh = await TestMesh.create();
  });

  test('has one that lets its time pass, not two', async () => {
    await open();
    const running = mesh.run(1_000);
    await expect(mesh.run(10)).rejects.toMatchObject({ code: 'SKERRY_OPTION_INVALID' });
    await running;
  });

  test('refuses names that would be mistaken', async () => {
    await open();
    await expect(mesh.start('registry', StockModule)).rejects.toMatchObject({ code: 'SKERRY_OPTION_INVALID' });
    expect(() => mesh.node('stok-1')).toThrow(/stock-1, caller-1/);
  });
});
