import { IsString } from 'class-validator';
import type { Client } from '../client/client.js';
import { Injectable } from '../container/injectable.js';
import { SkerryError } from '../errors/skerry-error.js';
import { Module } from '../module/module.js';
import { GraphError } from '../module/problem.js';
import { Handler } from '../service/handler.js';
import { ErrorMapper, Guard, Interceptor, type HandlerCall } from '../service/pipeline.js';
import { Service } from '../service/service.js';
import { rejection, World } from './fixtures/in-memory.js';

/** What ran, in its order. */
let ran: string[] = [];

class Noting implements Interceptor {
  async intercept({ service, handler }: HandlerCall, next: () => unknown): Promise<unknown> {
    ran.push(`${this.constructor.name} > ${service}.${handler}`);
    try {
      return await next();
    } finally {
      ran.push(`${this.constructor.name} <`);
    }
  }
}

@Injectable()
class Everywhere extends Noting {}

@Injectable()
class Outer extends Noting {}

@Injectable()
class Inner extends Noting {}

@Injectable()
class Cached implements Interceptor {
  intercept({ request }: HandlerCall, next: () => unknown): unknown {
    return (request as SayRequest).text === 'cached' ? 'from the cache' : next();
  }
}

@Injectable()
class Doubled implements Interceptor {
  async *intercept(_call: HandlerCall, next: () => unknown): AsyncGenerator<number> {
    for await (const item of next() as AsyncIterable<number>) yield item * 2;
  }
}

@Injectable()
class Named implements Guard {
  allows({ context }: HandlerCall): boolean {
    ran.push('Named');
    if (context.metadata['name'] === 'mallory') throw new SkerryError('BANNED', 'mallory may not');
    return context.metadata['name'] !== undefined;
  }
}

@Injectable()
class Patient implements Guard {
  async allows({ request }: HandlerCall): Promise<boolean> {
    ran.push('Patient');
    return (request as SayRequest).text !== 'forbidden';
  }
}

@Injectable()
class Forgetful implements Guard {
  allows(): boolean {
    return undefined as unknown as boolean;
  }
}

class MissingRow extends Error {}

@Injectable()
class Rows implements ErrorMapper {
  map(error: unknown, { handler }: HandlerCall): SkerryError | undefined {
    if (!(error instanceof MissingRow)) return undefined;
    return new SkerryError('ROW_MISSING', `${handler}: ${error.message}`, { status: 'NOT_FOUND' });
  }
}

@Injectable()
class AnyError implements ErrorMapper {
  map(error: unknown): SkerryError | undefined {
    return error instanceof RangeError ? new SkerryError('RANGE', 'out of range') : undefined;
  }
}

@Injectable()
class Broken implements ErrorMapper {
  map(): undefined {
    throw new Error('the mapper is broken');
  }
}

class SayRequest {
  @IsString()
  text!: string;
}

@Service('echo', { interceptors: [Outer], errorMappers: [Rows] })
class Echo {
  @Handler({ interceptors: [Inner] })
  async say(request: SayRequest): Promise<string> {
    ran.push('say');
    return request.text;
  }

  @Handler({ interceptors: [Cached] })
  async lookUp(request: SayRequest): Promise<string> {
    return request.text;
  }

  @Handler({ guards: [Named, Patient] })
  async guarded(request: SayRequest): Promise<string> {
    return request.text;
  }

  @Handler({ guards: [Forgetful] })
  async forgotten(): Promise<boolean> {
    return true;
  }

  @Handler({ interceptors: [Doubled] })
  async *count(): AsyncGenerator<number> {
    yield 1;
    yield 2;
  }

  @Handler()
  async find(): Promise<void> {
    throw new MissingRow('row 7');
  }

  @Handler()
  async *findMany(): AsyncGenerator<number> {
    yield 1;
    throw new MissingRow('row 8');
  }

  @Handler()
  async range(): Promise<void> {
    throw new RangeError('7');
  }

  @Handler({ errorMappers: [Broken] })
  async badlyMapped(): Promise<void> {
    throw new MissingRow('secret');
  }
}

const stages = [Outer, Inner, Cached, Doubled, Named, Patient, Forgetful, Rows, Broken];

@Module({
  providers: [
    Echo,
    ...stages,
    { provide: Interceptor, useClass: Everywhere, multi: true },
    { provide: ErrorMapper, useClass: AnyError, multi: true },
  ],
})
class EchoModule {}

describe('the pipeline of a handler', () => {
  const world = new World();
  let echo: Client<Echo>;

  beforeAll(async () => {
    echo = (await world.start(EchoModule)).client<Echo>('echo');
  });

  beforeEach(() => {
    ran = [];
  });

  afterAll(() => world.stop());

  test('runs the interceptors of the application, the service and the handler, outermost first', async () => {
    await expect(echo.say({ text: 'hello' })).resolves.toBe('hello');
    expect(ran).toEqual([
      'Everywhere > echo.say',
      'Outer > echo.say',
      'Inner > echo.say',
      'say',
      'Inner <',
      'Outer <',
      'Everywhere <',
    ]);
  });

  test('lets an interceptor answer instead of the handler', async () => {
    await expect(echo.lookUp({ text: 'cached' })).resolves.toBe('from the cache');
    await expect(echo.lookUp({ text: 'fresh' })).resolves.toBe('fresh');
  });

  test('gives interceptors the items of a stream', async () => {
    const items: number[] = [];
    for await (const item of echo.count()) items.push(item);
    expect(items).toEqual([2, 4]);
  });

  test('asks the guards in order, before any interceptor, and the first refusal ends the call', async () => {
    const named = { metadata: { name: 'ada' } };
    await expect(echo.guarded({ text: 'x' }, named)).resolves.toBe('x');
    expect(ran.slice(0, 3)).toEqual(['Named', 'Patient', 'Everywhere > echo.guarded']);
    ran = [];
    const denied = await rejection<SkerryError>(echo.guarded({ text: 'x' }));
    expect(denied).toMatchObject({ code: 'SKERRY_RPC_DENIED', status: 'PERMISSION_DENIED', retryable: false });
    expect(denied.message).toMatch(/Named does not allow this call of echo\.guarded/);
    expect(ran).toEqual(['Named']);
    await expect(echo.guarded({ text: 'forbidden' }, named)).rejects.toMatchObject({ details: { guard: 'Patient' } });
  });

  test('ends a call with what a guard throws', async () => {
    const mallory = { metadata: { name: 'mallory' } };
    await expect(echo.guarded({ text: 'x' }, mallory)).rejects.toMatchObject({ code: 'BANNED' });
  });

  test('lets nobody through whom a guard forgot to allow', async () => {
    await expect(echo.forgotten()).rejects.toMatchObject({ code: 'SKERRY_RPC_DENIED' });
  });

  test('checks messages before guards and interceptors see them', async () => {
    const wrong = { text: 7 } as unknown as SayRequest;
    await expect(echo.guarded(wrong)).rejects.toMatchObject({ code: 'SKERRY_VALIDATION_FAILED' });
    expect(ran).toEqual([]);
  });

  test('maps errors, of replies and in the middle of streams', async () => {
    await expect(echo.find()).rejects.toMatchObject({
      code: 'ROW_MISSING',
      status: 'NOT_FOUND',
      message: 'find: row 7',
    });
    const items: number[] = [];
    const reading = (async () => {
      for await (const item of echo.findMany()) items.push(item);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'ROW_MISSING' });
    expect(items).toEqual([1]);
  });

  test('asks the mappers of the application where nobody nearer knows the error', async () => {
    await expect(echo.range()).rejects.toMatchObject({ code: 'RANGE' });
  });

  test('tells nothing of an error whose mapper fails, but logs it', async () => {
    const error = await rejection<SkerryError>(echo.badlyMapped());
    expect(error.code).toBe('SKERRY_RPC_INTERNAL');
    expect(error.message).not.toMatch(/secret|broken/);
    expect(world.events).toContainEqual(
      expect.objectContaining({
        type: 'handler-failed',
        handler: 'badlyMapped',
        error: expect.objectContaining({ errors: [new Error('the mapper is broken'), new MissingRow('secret')] }),
      }),
    );
  });
});

describe('stages that cannot be used', () => {
  @Injectable({ scope: 'request' })
  class PerRequest extends Noting {}

  @Service('wrong', { guards: [Named] })
  class Wrong {
    @Handler({ interceptors: [PerRequest, undefined as never], concurrency: 0 })
    async call(): Promise<void> {}

    @Handler({ errorMappers: [Rows], queue: 4 })
    async other(): Promise<void> {}
  }

  @Module({ providers: [Wrong, PerRequest] })
  class WrongModule {}

  test('are explained at boot, all at once', async () => {
    const world = new World();
    const error = await rejection<GraphError>(world.create(WrongModule));
    expect(error).toBeInstanceOf(GraphError);
    const told = error.problems.map(({ code, message }) => `${code} ${message}`);
    expect(told).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/HANDLER_INVALID Cannot serve Wrong\.call: its concurrency is 0/),
        expect.stringMatching(/HANDLER_INVALID Cannot serve Wrong\.other: it has a queue, and no concurrency/),
        expect.stringMatching(
          /DI_NO_PROVIDER Cannot serve wrong: nothing provides Named \(guards of @Service\('wrong'\)/,
        ),
      ]),
    );
  });

  @Service('late')
  class Late {
    @Handler({ interceptors: [PerRequest, undefined as never] })
    async call(): Promise<void> {}
  }

  @Module({ providers: [Late, PerRequest] })
  class LateModule {}

  test('are explained where they live for one request, or are not defined', async () => {
    const error = await rejection<GraphError>(new World().create(LateModule));
    expect(error.problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/PerRequest is request-scoped \(interceptors of @Handler, entry 0\)/),
      expect.stringMatching(/undefined stands in interceptors of @Handler, entry 1/),
    ]);
  });
});
