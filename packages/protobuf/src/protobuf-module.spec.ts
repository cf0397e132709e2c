import { openHandles } from '@skerry-private/test-kit';
import {
  Codecs,
  Field,
  Handler,
  InjectClient,
  Injectable,
  MemoryRegistryDriver,
  MemoryRegistryEngine,
  Module,
  REGISTRY_DRIVER,
  Service,
  Skerry,
  SystemClock,
  tokenKey,
  type Application,
  type Client,
} from '@skerry/core';
import { Type } from 'class-transformer';
import { IsDate, IsInt, IsString } from 'class-validator';
import { ProtobufModule } from './protobuf-module.js';

class Line {
  @Field(1) @IsString() text!: string;
  @Field(2, { type: 'sint32' }) @IsInt() number!: number;
}
class Stamp {
  @Field(1) @IsDate() @Type(() => Date) at!: Date;
}

@Service('lines')
class Lines {
  @Handler({ reply: Line })
  async turn({ text, number }: Line): Promise<Line> {
    return { text: [...text].reverse().join(''), number: -number };
  }

  @Handler({ reply: Line })
  async *repeat({ text, number }: Line): AsyncGenerator<Line> {
    for (let count = 0; count < number; count++) yield { text, number: count };
  }

  @Handler({ kind: 'client-stream', request: Line, reply: Line })
  async join(lines: AsyncIterable<Line>): Promise<Line> {
    let all = '';
    for await (const { text } of lines) all += text;
    return { text: all, number: all.length };
  }

  @Handler({ kind: 'bidirectional', request: Line, reply: Line })
  async *echo(lines: AsyncIterable<Line>): AsyncGenerator<Line> {
    yield* lines;
  }
}

@Injectable()
class Caller {
  constructor(@InjectClient('lines') readonly lines: Client<Lines>) {}
}

const clock = new SystemClock();
const engine = new MemoryRegistryEngine(clock);

async function start(root: new () => object): Promise<Application> {
  const driver = { provide: REGISTRY_DRIVER, useValue: new MemoryRegistryDriver(engine) };
  const overrides = new Map([[tokenKey(REGISTRY_DRIVER), driver]]);
  const application = await Skerry.create(root, {
    logLevel: 'silent',
    drainDelayMs: 0,
    overrides,
    listen: 'tcp://127.0.0.1:0',
  });
  await application.start();
  return application;
}

test('two applications talk protobuf over TCP, in all four kinds; the caller has no class', async () => {
  @Module({ imports: [ProtobufModule.forRoot()], providers: [Lines] })
  class LinesModule {}
  @Module({ imports: [ProtobufModule.forRoot({ preferred: true })], providers: [Caller] })
  class CallerModule {}
  const before = openHandles();
  const server = await start(LinesModule);
  const client = await start(CallerModule);
  expect(client.get(Codecs).preferred.name).toBe('protobuf');
  expect(client.get(Codecs).forContentType('application/protobuf')?.name).toBe('protobuf');
  const { lines } = client.get(Caller);

  expect(await lines.turn({ text: 'añb', number: 300 })).toEqual({ text: 'bña', number: -300 });
  const repeated = [];
  for await (const line of lines.repeat({ text: 'x', number: 3 })) repeated.push(line.number);
  expect(repeated).toEqual([0, 1, 2]);
  async function* parts(): AsyncGenerator<Line> {
    for (const text of ['a', '', 'b']) yield { text, number: 0 };
  }
  expect(await lines.join(parts())).toEqual({ text: 'ab', number: 2 });
  const echoed = [];
  for await (const line of lines.echo(parts())) echoed.push(line.text);
  expect(echoed).toEqual(['a', '', 'b']);
  await expect(lines.turn({ text: 'a' } as Line)).rejects.toMatchObject({ code: 'SKERRY_VALIDATION_FAILED' });

  await client.stop();
  await server.stop();
  await before.nothingMore();
});

class Half {
  @Field(4) @IsString() name!: string;
  @IsString() note!: string;
}
class Bare {
  @IsString() text!: string;
}

test('fields without numbers keep an application from starting, and are all told', async () => {
  @Service('wrong')
  class Wrong {
    @Handler({ reply: Bare })
    async one(_: Half): Promise<Bare> {
      return { text: '' };
    }
    @Handler({ reply: Stamp })
    async two(_: Half): Promise<Stamp> {
      return { at: new Date() };
    }
  }
  @Module({ imports: [ProtobufModule.forRoot()], providers: [Wrong] })
  class WrongModule {}
  const failed = start(WrongModule);
  await expect(failed).rejects.toMatchObject({ cause: { code: 'SKERRY_HANDLER_INVALID' } });
  await expect(failed).rejects.toThrow('Half.note has no number: add @Field(5) (wrong.one, wrong.two)');
  await expect(failed).rejects.toThrow('Bare.text has no number: add @Field(1) (wrong.one)');
});

test('classes without any number can be allowed', async () => {
  @Service('bare')
  class BareService {
    @Handler({ reply: Bare })
    async same(bare: Bare): Promise<Bare> {
      return bare;
    }
  }
  @Module({ imports: [ProtobufModule.forRoot({ preferred: true, unnumbered: 'value' })], providers: [BareService] })
  class BareModule {}
  const application = await start(BareModule);
  const client = application.client<BareService>('bare');
  expect(await client.same({ text: 'x' })).toEqual({ text: 'x' });
  await application.stop();
});
