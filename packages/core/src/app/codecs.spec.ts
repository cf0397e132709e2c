import { eventually } from '@skerry-private/test-kit';
import { IsDate, IsInt } from 'class-validator';
import { Broker } from '../broker/broker.js';
import { Topic } from '../broker/topic.js';
import { Clients, type ClientOptions } from '../client/clients.js';
import type { Client } from '../client/client.js';
import type { Codec, MessageCodec } from '../codec/codec.js';
import { CODECS } from '../codec/codecs.js';
import { JsonCodec } from '../codec/json-codec.js';
import type { SkerryError } from '../errors/skerry-error.js';
import { Module, type DynamicModule } from '../module/module.js';
import { MemoryRegistryDriver } from '../registry/memory.js';
import { RpcConnection } from '../rpc/connection.js';
import type { StreamEvents } from '../rpc/stream.js';
import { ManualClock } from '../clock/manual-clock.js';
import { Field } from '../schema/field.js';
import type { JsonSchema } from '../schema/json-schema.js';
import { serving } from '../server/fixtures/all-kinds.js';
import { Handler } from '../service/handler.js';
import { Service } from '../service/service.js';
import { Subscribe } from '../service/subscribe.js';
import { MemoryNetwork, MemoryTransport } from '../transport/memory.js';
import type { Application } from './application.js';
import { CODEC } from './built-in.js';
import { rejection, World } from './fixtures/in-memory.js';

/** JSON behind a byte that no JSON begins with, so that nobody takes one for the other; counts what it writes. */
class MarkedCodec implements Codec {
  readonly contentType = 'application/x-marked';
  encoded = 0;
  copied = 0;

  constructor(
    readonly name: string,
    private readonly json: MessageCodec = new JsonCodec(),
    private readonly count: MarkedCodec | undefined = undefined,
  ) {}

  encode(message: unknown): Uint8Array {
    (this.count ?? this).encoded++;
    return Buffer.concat([Uint8Array.of(1), this.json.encode(message)]);
  }

  decode(bytes: Uint8Array): unknown {
    if (bytes[0] !== 1) throw new Error('it is not marked');
    return this.json.decode(bytes.subarray(1));
  }

  copy(message: unknown): ReturnType<NonNullable<MessageCodec['copy']>> {
    (this.count ?? this).copied++;
    const copy = this.json.copy?.(message);
    return copy && { ...copy, mostBytes: copy.mostBytes + 1 };
  }

  forSchema(schema: JsonSchema): MessageCodec {
    return new MarkedCodec(this.name, new JsonCodec().forSchema(schema), this.count ?? this);
  }
}

class Span {
  @Field(1) @IsDate() from!: Date;
  @Field(2) nanos!: bigint;
  @Field(3) data!: Uint8Array;
}

class Count {
  @IsInt() n!: number;
}

const spans = new Topic('spans', Span);
const span = (): Span => ({ from: new Date(5), nanos: 2n ** 70n, data: Uint8Array.of(1, 2) });
let taken: Span[] = [];

@Service('spans')
class Spans {
  @Handler({ reply: Span, idempotent: true })
  async echo(request: Span): Promise<Span> {
    return request;
  }

  @Handler({ reply: Span })
  async *repeat(request: Count): AsyncIterable<Span> {
    for (let i = 0; i < request.n; i++) yield span();
  }

  @Handler({ kind: 'client-stream', request: Span, reply: Count, idempotent: true })
  async count(all: AsyncIterable<Span>): Promise<Count> {
    let n = 0;
    for await (const { from } of all) n += from instanceof Date ? 1 : 0;
    return { n };
  }

  @Handler({ kind: 'bidirectional', request: Span, reply: Span })
  async *same(all: AsyncIterable<Span>): AsyncIterable<Span> {
    for await (const each of all) yield each;
  }

  @Subscribe('spans', { queue: 'all' })
  async onSpan(each: Span): Promise<void> {
    taken.push(each);
  }
}

/** An application that has the codec, and may prefer it; with or without the service. */
function application(codec: Codec | undefined, { preferred = false, serves = false } = {}): DynamicModule {
  @Module()
  class Root {}
  const providers = [
    ...(serves ? [Spans] : []),
    ...(codec ? [{ provide: CODECS, useValue: codec, multi: true } as const] : []),
    ...(codec && preferred ? [{ provide: CODEC, useValue: codec }] : []),
  ];
  return { module: Root, providers };
}

let world: World;
let marked: MarkedCodec;

beforeEach(() => {
  world = new World();
  marked = new MarkedCodec('marked');
  taken = [];
});

afterEach(() => world.stop());

async function clientIn(app: Application, options?: ClientOptions): Promise<Client<Spans>> {
  const client = app.get(Clients).of<Spans>('spans', options);
  await client.echo(span());
  return client;
}

describe('calls of all kinds carry what their classes say', () => {
  test.each([
    ['in JSON', false],
    ['in the preferred codec', true],
  ])('%s', async (_how, preferred) => {
    await world.start(application(marked, { preferred, serves: true }));
    const client = await clientIn(await world.start(application(marked, { preferred })));
    await expect(client.echo(span())).resolves.toStrictEqual(span());
    const repeated: unknown[] = [];
    for await (const each of client.repeat({ n: 2 })) repeated.push(each);
    expect(repeated).toStrictEqual([span(), span()]);
    await expect(client.count([span(), span()])).resolves.toEqual({ n: 2 });
    const same: unknown[] = [];
    for await (const each of client.same([span()])) same.push(each);
    expect(same).toStrictEqual([span()]);
    expect(marked.encoded > 0).toBe(preferred);
  });
});

describe('a client speaks', () => {
  test('what it was told to, where the node has it', async () => {
    await world.start(application(marked, { serves: true }));
    const app = await world.start(application(marked));
    await clientIn(app);
    expect(marked.encoded).toBe(0);
    await clientIn(app, { codec: 'marked' });
    expect(marked.encoded).toBe(2);
  });

  test('JSON to a node that has nothing else, whatever it prefers or was told to', async () => {
    await world.start(application(undefined, { serves: true }));
    const own = new MarkedCodec('marked');
    const app = await world.start(application(own, { preferred: true }));
    const client = await clientIn(app, { codec: 'marked' });
    await expect(client.echo(span())).resolves.toStrictEqual(span());
    expect(own.encoded).toBe(0);
  });

  test('nothing that its application has not', async () => {
    const app = await world.start(application(undefined));
    expect(() => app.get(Clients).of('spans', { codec: 'marked' })).toThrow(
      expect.objectContaining({ code: 'SKERRY_OPTION_INVALID', message: expect.stringContaining('has json') }),
    );
  });

  test('to its own process, as the codec would have carried it', async () => {
    const app = await world.start(application(marked, { serves: true }));
    await clientIn(app);
    expect(marked.copied).toBe(0);
    const client = await clientIn(app, { codec: 'marked' });
    await expect(client.echo(span())).resolves.toStrictEqual(span());
    expect(marked.copied).toBe(4);
    expect(world.connections).toBe(0);
  });
});

test('two applications that prefer different codecs speak JSON', async () => {
  await world.start(application(new MarkedCodec('other'), { preferred: true, serves: true }));
  const app = await world.start(application(marked, { preferred: true }));
  await expect((await clientIn(app)).echo(span())).resolves.toStrictEqual(span());
  expect(marked.encoded).toBe(0);
});

test('a node with no codec in common is told of, with what both have', async () => {
  const app = await world.start(application(marked));
  const driver = new MemoryRegistryDriver(world.registry);
  const node = {
    service: 'spans',
    id: 'spans-x',
    version: '1.0.0',
    weight: 1,
    metadata: {},
    endpoints: [],
    ttlMs: 60_000,
    epoch: 1,
  };
  await driver.register(
    { ...node, addresses: { skerry: 'memory://x' }, codecs: ['cbor', 'xml'] },
    new AbortController().signal,
  );
  const client = app.get(Clients).of<Spans>('spans', { timeoutMs: 2_000, retries: 0 });
  const error = await rejection<SkerryError>(client.echo(span()));
  expect(error.message).toContain('it speaks cbor, xml, and this application json, marked');
});

test('a connection in a codec that nobody has gets no call through', async () => {
  const clock = new ManualClock();
  const driver = new MemoryTransport(new MemoryNetwork(), clock);
  const { server } = serving(clock, driver);
  const link = await driver.connect(await server.listen('memory://'), new AbortController().signal);
  const connection = new RpcConnection(link, { role: 'client', clock, hello: { codec: 'nobody' } });
  await connection.ready();
  const told: unknown[] = [];
  const events = { error: (wire: unknown) => told.push(wire) } as unknown as StreamEvents;
  connection.open('kinds.big', { timeoutMs: 1_000 }, Buffer.from('10'), true, events);
  await eventually(() => expect(told).toMatchObject([{ code: 'SKERRY_CODEC_UNKNOWN', status: 'INVALID_ARGUMENT' }]));
  connection.close();
  const closing = server.close();
  await clock.advance(10_000);
  await closing;
});

describe('a broker', () => {
  test.each([
    ['JSON', false],
    ['the preferred codec', true],
  ])('carries what the class of a topic says, in %s', async (_how, preferred) => {
    const app = await world.start(application(marked, { preferred, serves: true }));
    await app.get(Broker).publish(spans, span());
    await eventually(() => expect(taken).toHaveLength(1));
    expect({ ...taken[0] }).toStrictEqual(span());
    expect(marked.encoded > 0).toBe(preferred);
  });
});
