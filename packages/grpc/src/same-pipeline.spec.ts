import { createServer, get } from 'node:http';
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
  SERVER_PROTOCOLS,
  Service,
  Skerry,
  SkerryError,
  SystemClock,
  type Application,
  type Context,
  type DynamicModule,
  type HandlerCall,
  type ServerProtocol,
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
}

/** What HTTP is on the same port, in its smallest form. */
const page: ServerProtocol = {
  name: 'page',
  open: () => {
    const server = createServer((_request, response) => response.setHeader('connection', 'close').end('a page'));
    return {
      name: 'page',
      recognises: (first) => {
        const shown = Buffer.from('GET ').subarray(0, first.length);
        return first.subarray(0, 4).equals(shown) ? first.length >= 4 || undefined : false;
      },
      accept: (socket) => {
        server.emit('connection', socket);
        socket.resume();
      },
      address: () => undefined,
      drain: () => undefined,
      close: () => Promise.resolve(),
    };
  },
};

function sharedRegistry(engine: MemoryRegistryEngine): DynamicModule {
  @Module()
  class SharedRegistry {}
  const driver = { provide: REGISTRY_DRIVER, useFactory: () => new MemoryRegistryDriver(engine) };
  return { module: SharedRegistry, global: true, providers: [driver], exports: [REGISTRY_DRIVER] };
}

const silent = { logLevel: 'silent', drainDelayMs: 0 } as const;
let desk: Application;
let caller: Application;
beforeAll(async () => {
  const registry = sharedRegistry(new MemoryRegistryEngine(new SystemClock()));
  @Module({
    imports: [GrpcModule.forRoot(), registry],
    providers: [Desk, Doorman, Louder, SoldOut, { provide: SERVER_PROTOCOLS, useValue: page, multi: true }],
  })
  class DeskModule {}
  @Module({ imports: [GrpcModule.forRoot(), registry] })
  class CallerModule {}
  desk = await Skerry.create(DeskModule, silent);
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

test.each(['skerry', 'grpc'])('limits count, by %s', async (protocol) => {
  const client = caller.client<Desk>('desk', { protocol });
  const first = client.one({ name: 'first' }, { metadata });
  await eventually(() => expect(running).toHaveLength(1));
  await expect(client.one({ name: 'second' }, { metadata, timeoutMs: 200 })).rejects.toMatchObject({
    code: 'SKERRY_RPC_OVERLOADED',
  });
  running.splice(0).forEach((end) => end());
  await expect(first).resolves.toEqual({ message: 'first!' });
});

test('all protocols are on one port', async () => {
  const { addresses } = caller.get(Registry).service('desk').nodes[0]!;
  expect(addresses['grpc']).toBe(desk.address!.replace('tcp:', 'grpc:'));
  const text = await new Promise<string>((resolve, reject) => {
    get(desk.address!.replace('tcp:', 'http:'), (response) => {
      response.setEncoding('utf8').on('data', resolve);
    }).on('error', reject);
  });
  expect(text).toBe('a page');
});
