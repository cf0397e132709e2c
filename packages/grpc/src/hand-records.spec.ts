import type { sendUnaryData } from '@grpc/grpc-js';
import {
  MemoryRegistryDriver,
  MemoryRegistryEngine,
  Module,
  Registry,
  REGISTRY_DRIVER,
  Skerry,
  SystemClock,
  type DynamicModule,
  type NodeRecord,
} from '@skerry/core';
import { eventually } from '@skerry-private/test-kit';
import { startBareServer } from './fixtures/bare-server.js';
import { testProto } from './fixtures/interop-service.js';
import { GrpcModule } from './grpc-module.js';

const never = new AbortController().signal;

interface TestService {
  unaryCall(request: object): Promise<{ username: string }>;
  streamingOutputCall(request: object): AsyncIterable<{ payload: { body: Uint8Array } }>;
}

/** As someone writes it into a registry by hand: of what can be called it says nothing. */
function record(id: string, address: string): NodeRecord {
  return {
    ...{ service: 'echo', id, version: '1.0.0', addresses: { grpc: `grpc://${address}` } },
    ...{ weight: 1, metadata: {}, endpoints: [], ttlMs: 60_000, epoch: 1 },
  };
}

test('strangers that are in the registry by hand are called as their .proto says, each in its turn', async () => {
  const answered: Record<string, number> = { one: 0, two: 0 };
  const named = (username: string) => (_call: unknown, done: sendUnaryData<unknown>) => {
    answered[username]! += 1;
    done(null, { username });
  };
  const servers = [await startBareServer({ unary: named('one') }), await startBareServer({ unary: named('two') })];
  const [first, second] = servers.map(({ address }, at) => record(`echo-${at + 1}`, address)) as [
    NodeRecord,
    NodeRecord,
  ];
  const engine = new MemoryRegistryEngine(new SystemClock());
  const byHand = new MemoryRegistryDriver(engine);
  await byHand.register(first, never);
  await byHand.register(second, never);

  @Module()
  class SharedRegistry {}
  const driver = { provide: REGISTRY_DRIVER, useFactory: () => new MemoryRegistryDriver(engine) };
  const registry: DynamicModule = {
    module: SharedRegistry,
    global: true,
    providers: [driver],
    exports: [REGISTRY_DRIVER],
  };
  const service = { proto: testProto, service: 'grpc.testing.TestService' };
  @Module({ imports: [registry, GrpcModule.forRoot({ services: { echo: service } })] })
  class CallerModule {}
  const application = await Skerry.create(CallerModule, { logLevel: 'silent', drainDelayMs: 0 });
  await application.start();
  try {
    const echo = application.client<TestService>('echo');
    // More than one call at once, so that the choice has something to weigh.
    const replies = await Promise.all(Array.from({ length: 40 }, () => echo.unaryCall({})));
    expect(new Set(replies.map(({ username }) => username))).toEqual(new Set(['one', 'two']));
    expect(answered['one']! + answered['two']!).toBe(40);
    expect(
      application
        .get(Registry)
        .service('echo')
        .nodes.map(({ id }) => id)
        .sort(),
    ).toEqual(['echo-1', 'echo-2']);

    // That it streams is known from the description alone.
    const sizes: number[] = [];
    const wanted = { responseParameters: [3, 5].map((size) => ({ size, intervalUs: 0 })) };
    for await (const { payload } of echo.streamingOutputCall(wanted)) sizes.push(payload.body.length);
    expect(sizes).toEqual([3, 5]);

    // Without one of them the other is called.
    await byHand.deregister(first, never);
    await eventually(() => expect(application.get(Registry).service('echo').nodes).toHaveLength(1));
    const before = answered['one'];
    await Promise.all(Array.from({ length: 10 }, () => echo.unaryCall({})));
    expect(answered['one']).toBe(before);
  } finally {
    await application.stop();
    for (const server of servers) server.stop();
    await byHand.close();
  }
});
