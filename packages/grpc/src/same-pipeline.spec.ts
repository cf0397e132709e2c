import {
  ErrorMapper,
  Guard,
  Handler,
  Interceptor,
  MemoryRegistryDriver,
  MemoryRegistryEngine,
  Module,
  Registry,
  REGISTRY_DRIVER,
  Service,
  Skerry,
  SkerryError,
  SystemClock,
  type AppEvent,
  type Application,
  type Context,
  type DynamicModule,
  type HandlerCall,
} from '@skerry/core';
import { eventually } from '@skerry-private/test-kit';
import { HelloReply, HelloRequest } from './fixtures/shop.js';
import { GrpcModule } from './grpc-module.js';

class Doorman extends Guard {
  allows({ context }: HandlerCall): boolean {
    return context.metadata['x-token'] === 'sesame';
  }
}
class Louder extends Interceptor {
  async intercept(_call: HandlerCall, next: () => unknown): Promise<unknown> {
    const reply = (await next()) as HelloReply;
    return { message: `${reply.message}!` };
  }
}
class SoldOut extends ErrorMapper {
  map(thrown: unknown): SkerryError | undefined {
    return thrown instanceof RangeError ? new SkerryError('SOLD_OUT', 'sold out', { status: 'NOT_FOUND' }) : undefined;
  }
}
const running: (() => void)[] = [];

@Service('desk', { guards: [Doorman], interceptors: [Louder], errorMappers: [SoldOut] })
class Desk {
  @Handler({ reply: HelloReply })
  async hello({ name }: HelloRequest, context: Context): Promise<HelloReply> {
    if (name === 'range') throw new RangeError('none left');
    if (name === 'bug') throw new TypeError('a secret');
    if (name === 'own') throw new SkerryError('OWN', 'my own', { status: 'ABORTED', details: { at: [1, 2] } });
    return { message: `Hello ${name} of ${context.caller?.service ?? 'nobody'}` };
  }

  @Handler({ reply: HelloReply, concurrency: 1, queue: 0 })
  async one({ name }: HelloRequest): Promise<HelloReply> {
    await new Promise<void>((resolve) => running.push(resolve));
    return { message: name };
  }

  @Handler({ reply: HelloReply, concurrency: 1, queue: 0 })
  async other(request: HelloRequest): Promise<HelloReply> {
    return this.one(request);
  }
}

function sharedRegistry(engine: MemoryRegistryEngine): DynamicModule {
  @Module()
  class SharedRegistry {}
  const driver = { provide: REGISTRY_DRIVER, useFactory: () => new MemoryRegistryDriver(engine) };
  return { module: SharedRegistry, global: true, providers: [driver], exports: [REGISTRY_DRIVER] };
}

const silent = { logLevel: 'silent', drainDelayMs: 0 } as const;
/** The handlers that were given too much. */
const shed: string[] = [];
let desk: Application;
let caller: Application;
beforeAll(async () => {
  const registry = sharedRegistry(new MemoryRegistryEngine(new SystemClock()));
  @Module({
    imports: [GrpcModule.forRoot(), registry],
    providers: [Desk, Doorman, Louder, SoldOut],
  })
  class DeskModule {}
  @Module({ imports: [GrpcModule.forRoot(), registry] })
  class CallerModule {}
  const onEvent = (event: AppEvent): void => {
    if (event.type === 'shedding') shed.push(event.name);
  };
  desk = await Skerry.create(DeskModule, { ...silent, onEvent });
  await desk.start();
  caller = await Skerry.create(CallerModule, silent);
  await caller.start();
});
afterAll(async () => {
  await caller.stop();
  await desk.stop();
});

const metadata = { 'x-token': 'sesame' };

async function outcome(protocol: string, name: string, given: object = metadata): Promise<unknown> {
  const client = caller.client<Desk>('desk', { protocol });
  try {
    return await client.hello({ name }, { metadata: { ...given } });
  } catch (thrown) {
    const error = thrown as SkerryError;
    const { code, status, retryable, details, origin, traceId } = error;
    const message = error.message.replaceAll(traceId ?? '-', '<trace>');
    return {
      class: error.constructor.name,
      code,
      status,
      message,
      retryable,
      details,
      origin,
      traced: traceId !== undefined,
    };
  }
}

test.each([
  ['a reply', 'Ada', metadata],
  ['a guard', 'Ada', {}],
  ['validation', '', metadata],
  ['an error of its own', 'own', metadata],
  ['one that is mapped', 'range', metadata],
  ['one that was not meant to be shown', 'bug', metadata],
])('%s is the same over gRPC as it is over TCP', async (_what, name, given) => {
  const [native, grpc] = [await outcome('skerry', name, given), await outcome('grpc', name, given)];
  expect(grpc).toEqual(native);
  if (name === 'Ada' && given === metadata)
    expect(grpc).toMatchObject({ message: expect.stringMatching(/^Hello Ada of .+!$/) as string });
  else expect(grpc).toMatchObject({ code: expect.any(String) as string });
});

test.each([
  ['skerry', 'one'],
  ['grpc', 'other'],
] as const)('limits count, by %s', async (protocol, handler) => {
  const client = caller.client<Desk>('desk', { protocol });
  const first = client[handler]({ name: 'first' }, { metadata });
  await eventually(() => expect(running).toHaveLength(1));
  // Refused before it began, and so tried again until there is room.
  const second = client[handler]({ name: 'second' }, { metadata });
  await eventually(() => expect(shed).toContain(`desk.${handler}`));
  running.splice(0).forEach((end) => end());
  await expect(first).resolves.toEqual({ message: 'first!' });
  await eventually(() => expect(running).toHaveLength(1));
  running.splice(0).forEach((end) => end());
  await expect(second).resolves.toEqual({ message: 'second!' });
});

test('all protocols are on one port', async () => {
  const { addresses } = caller.get(Registry).service('desk').nodes[0]!;
  expect(addresses['grpc']).toBe(desk.address!.replace('tcp:', 'grpc:'));
  const url = `${desk.address!.replace('tcp:', 'http:')}/desk/hello`;
  const body = JSON.stringify({ name: 'Ada' });
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', connection: 'close' },
  });
  await response.text();
  // The same guard.
  expect(response.status).toBe(403);
});
