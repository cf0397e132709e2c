import { eventually } from '@skerry-private/test-kit';
import { IsEmail, IsInt, IsString, Length, Min } from 'class-validator';
import { Clients, InjectClient } from '../client/clients.js';
import type { Client } from '../client/client.js';
import { Clock } from '../clock/clock.js';
import { Inject, Injectable } from '../container/injectable.js';
import { Context } from '../context/context.js';
import { SkerryError } from '../errors/skerry-error.js';
import { ValidationError } from '../errors/validation-error.js';
import { Module } from '../module/module.js';
import { Handler } from '../service/handler.js';
import { Service } from '../service/service.js';
import { rejection, World } from './fixtures/in-memory.js';

class HelloRequest {
  @IsString()
  @Length(1, 80)
  name!: string;
}

class Registration {
  @IsString()
  @Length(2, 10)
  name!: string;

  @IsEmail()
  email!: string;

  @IsInt()
  @Min(18)
  age!: number;
}

class CountRequest {
  @IsInt()
  to!: number;
}

class OutOfStock extends SkerryError {
  static readonly code = 'OUT_OF_STOCK';
  constructor(readonly sku: string) {
    super(OutOfStock.code, `${sku} is out of stock`, { status: 'FAILED_PRECONDITION', details: { sku } });
  }
}

/** What the greeter saw of its calls. */
const seen: { contexts: Context[]; aborted: unknown[]; cleanedUp: number; produced: number } = {
  contexts: [],
  aborted: [],
  cleanedUp: 0,
  produced: 0,
};

@Service('greeter', { version: '1.2.0' })
class Greeter {
  constructor(@Inject(Clock) private readonly clock: Clock) {}

  @Handler({ idempotent: true })
  async hello(request: HelloRequest, context: Context): Promise<{ message: string }> {
    seen.contexts.push(context);
    return { message: `Hello ${request.name}` };
  }

  @Handler()
  async register(request: Registration): Promise<boolean> {
    return request instanceof Registration;
  }

  @Handler()
  async *count(request: CountRequest): AsyncGenerator<number> {
    try {
      for (let i = 1; i <= request.to; i++) {
        seen.produced = i;
        yield i;
      }
    } finally {
      seen.cleanedUp++;
    }
  }

  @Handler()
  async *countThenFail(request: CountRequest): AsyncGenerator<number> {
    yield* this.count(request);
    throw new OutOfStock('numbers');
  }

  @Handler()
  async fail(): Promise<void> {
    throw new Error('the password is hunter2');
  }

  @Handler()
  async buy(): Promise<void> {
    throw new OutOfStock('A1');
  }

  @Handler()
  async slow(context: Context): Promise<void> {
    seen.contexts.push(context);
    await this.clock.sleep(60_000, context.signal).catch((error: unknown) => {
      seen.aborted.push(error);
      throw error;
    });
  }

  @Handler()
  async nothing(): Promise<void> {
    return undefined;
  }
}

@Service('reception')
class Reception {
  constructor(@InjectClient('greeter') private readonly greeter: Client<Greeter>) {}

  @Handler()
  async welcome(request: HelloRequest, context: Context): Promise<{ message: string }> {
    seen.contexts.push(context);
    return this.greeter.hello(request);
  }

  @Handler()
  async waitFor(context: Context): Promise<void> {
    seen.contexts.push(context);
    await this.greeter.slow(undefined, { timeoutMs: 50_000 });
  }
}

@Module({ providers: [Greeter] })
class GreeterModule {}

@Module({ providers: [Reception] })
class ReceptionModule {}

@Module()
class NobodyModule {}

describe('calls', () => {
  let world: World;
  let greeter: Client<Greeter>;
  let reception: Client<Reception>;

  beforeEach(async () => {
    Object.assign(seen, { contexts: [], aborted: [], cleanedUp: 0, produced: 0 });
    world = new World();
    await world.start(GreeterModule);
    await world.start(ReceptionModule);
    const nobody = await world.start(NobodyModule);
    greeter = nobody.client<Greeter>('greeter');
    reception = nobody.client<Reception>('reception');
  });

  afterEach(() => world.stop());

  test('reach a handler by the name of its service', async () => {
    await expect(greeter.hello({ name: 'Ada' })).resolves.toEqual({ message: 'Hello Ada' });
    // Now that the service is known, an ordinary promise will do.
    const reply = greeter.hello({ name: 'Bob' });
    expect(reply).toBeInstanceOf(Promise);
    await expect(reply).resolves.toEqual({ message: 'Hello Bob' });
  });

  test('reach a handler through another service, in one trace', async () => {
    await expect(reception.welcome({ name: 'Ada' })).resolves.toEqual({ message: 'Hello Ada' });
    const [outer, inner] = seen.contexts;
    expect(inner!.traceId).toBe(outer!.traceId);
    expect(inner!.caller).toMatchObject({ service: 'reception' });
    expect(inner!.deadline).toBeLessThanOrEqual(outer!.deadline + 5);
  });

  test('carry metadata', async () => {
    await greeter.hello({ name: 'Ada' }, { metadata: { tenant: 'north', note: 'ü → ✓' } });
    expect(seen.contexts[0]!.metadata).toEqual({ tenant: 'north', note: 'ü → ✓' });
  });

  test('carry baggage on to the calls that they cause, and metadata no further', async () => {
    await reception.welcome(
      { name: 'Ada' },
      { baggage: { user: 'ada', plan: 'gold plus' }, metadata: { tenant: 'north' } },
    );
    const [outer, inner] = seen.contexts;
    expect(outer!.baggage).toEqual({ user: 'ada', plan: 'gold plus' });
    expect(inner!.baggage).toEqual(outer!.baggage);
    expect(outer!.metadata).toEqual({ tenant: 'north' });
    expect(inner!.metadata).toEqual({});
  });

  test('carry the key of their work, which attempt they are, and the state of their trace', async () => {
    const clock = world.clock;
    const context = new Context(clock, { deadline: clock.now() + 1_000, traceFlags: 1, traceState: 'vendor=x' });
    await context.run(() => greeter.hello({ name: 'Ada' }, { idempotencyKey: 'order-7' }));
    const [received] = seen.contexts;
    expect(received).toMatchObject({
      traceId: context.traceId,
      traceFlags: 1,
      traceState: 'vendor=x',
      idempotencyKey: 'order-7',
      attempt: 1,
    });
    expect(received!.parentSpanId).toMatch(/^[0-9a-f]{16}$/);
    expect(received!.spanId).not.toBe(received!.parentSpanId);
    expect(received!.traceparent).toBe(`00-${context.traceId}-${received!.spanId}-01`);
  });

  test('are refused with metadata that would not arrive as it was written', async () => {
    const error = await rejection<SkerryError>(greeter.hello({ name: 'Ada' }, { metadata: { Tenant: 'north' } }));
    expect(error.code).toBe('SKERRY_OPTION_INVALID');
    expect(error.message).toContain("'Tenant' cannot be a key");
  });

  test('answer null where a handler returns nothing', async () => {
    await expect(greeter.nothing()).resolves.toBeNull();
  });

  test('stream items in order, and end', async () => {
    const items: number[] = [];
    for await (const item of greeter.count({ to: 100 })) items.push(item);
    expect(items).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
    expect(seen.cleanedUp).toBe(1);
  });

  test('deliver the items before an error that comes after them', async () => {
    const items: number[] = [];
    const error = await rejection<OutOfStock>(
      (async () => {
        for await (const item of greeter.countThenFail({ to: 3 })) items.push(item);
      })(),
    );
    expect(items).toEqual([1, 2, 3]);
    expect(error.code).toBe('OUT_OF_STOCK');
  });

  test('hold a producer whose consumer is slow', async () => {
    const stream = greeter.count({ to: 1_000_000 })[Symbol.asyncIterator]();
    await stream.next();
    await world.clock.sleep(50);
    const held = seen.produced;
    await world.clock.sleep(50);
    expect(seen.produced).toBe(held);
    expect(held).toBeLessThan(100_000);
    for (let i = 0; i < held; i++) await stream.next();
    await world.clock.sleep(50);
    expect(seen.produced).toBeGreaterThan(held);
    await stream.return!();
  });

  test('are cancelled when the loop over a stream is left', async () => {
    for await (const item of greeter.count({ to: 1_000_000 })) if (item === 3) break;
    await eventually(() => expect(seen.cleanedUp).toBe(1));
    expect(seen.produced).toBeLessThan(1_000_000);
  });

  test('tell every wrong field of a message, by a class that can be caught', async () => {
    const error = await rejection<ValidationError>(greeter.register({ name: 'A', email: 'nowhere', age: 7.5 }));
    expect(error).toBeInstanceOf(ValidationError);
    expect(error).toMatchObject({ code: 'SKERRY_VALIDATION_FAILED', status: 'INVALID_ARGUMENT', retryable: false });
    expect(error.fields.map(({ path }) => path)).toEqual(['name', 'email', 'age']);
    expect(error.fields.flatMap(({ messages }) => messages)).toEqual([
      'name must be longer than or equal to 2 characters',
      'email must be an email',
      expect.stringContaining('age must'),
      expect.stringContaining('age must'),
    ]);
    expect(error.origin?.service).toBe('greeter');
  });

  test('hide what a handler did not mean to show, and log all of it under the same trace', async () => {
    const error = await rejection<SkerryError>(greeter.fail());
    expect(error).toMatchObject({ code: 'SKERRY_RPC_INTERNAL', status: 'INTERNAL', retryable: false });
    expect(JSON.stringify(error)).not.toContain('hunter2');
    expect(error.message).not.toContain('hunter2');
    expect(String(error.stack)).not.toContain('hunter2');
    const line = world.logs.find(({ level }) => level === 'error');
    expect(line).toMatchObject({ message: 'greeter.fail failed unexpectedly', fields: { traceId: error.traceId } });
    expect((line!.fields['error'] as Error).stack).toContain('hunter2');
  });

  test('revive an error as the class that the client names', async () => {
    const [app] = world.apps;
    const plain = await rejection<SkerryError>(greeter.buy());
    expect(plain).toMatchObject({ code: 'OUT_OF_STOCK', details: { sku: 'A1' }, origin: { service: 'greeter' } });
    const informed = app!.get(Clients).of<Greeter>('greeter', { errors: [OutOfStock] });
    const revived = await rejection<OutOfStock>(informed.buy());
    expect(revived).toBeInstanceOf(OutOfStock);
    expect(revived.message).toBe('A1 is out of stock');
  });

  test('name the nearest handlers when there is none of that name', async () => {
    const error = await rejection<SkerryError>((greeter as unknown as Record<string, () => Promise<void>>)['helo']!());
    expect(error.code).toBe('SKERRY_RPC_UNKNOWN_ENDPOINT');
    expect(error.message).toContain("'hello'");
  });

  test('refuse to await a stream and to iterate a single reply, whether or not the service is known yet', async () => {
    for (let known = 0; known < 2; known++) {
      const awaited = await rejection<SkerryError>(greeter.count({ to: 3 }) as unknown as Promise<number>);
      expect(awaited).toMatchObject({ code: 'SKERRY_RPC_WRONG_KIND' });
    }
    const fresh = (await world.start(NobodyModule)).client<Greeter>('greeter');
    const iterated = await rejection<SkerryError>(
      (async () => {
        for await (const item of fresh.hello({ name: 'Ada' }) as unknown as AsyncIterable<unknown>) void item;
      })(),
    );
    expect(iterated.code).toBe('SKERRY_RPC_WRONG_KIND');
  });

  test('end at their deadline, and tell the handler', async () => {
    const error = await rejection<SkerryError>(greeter.slow(undefined, { timeoutMs: 50 }));
    expect(error.code).toBe('SKERRY_RPC_DEADLINE_EXCEEDED');
    expect(error.message).toMatch(
      /deadline of 50 ms exceeded after \d+ ms, attempt 1, greeter\.slow on node greeter-\w+ at memory:/,
    );
    expect(error.details).toMatchObject({
      service: 'greeter',
      handler: 'slow',
      attempt: 1,
      node: expect.stringMatching(/^greeter-/),
    });
    await eventually(() => expect(seen.aborted).toHaveLength(1));
    expect(seen.aborted[0]).toMatchObject({ code: 'SKERRY_RPC_DEADLINE_EXCEEDED' });
  });

  test('made inside of a handler end with the deadline of its own caller', async () => {
    const error = await rejection<SkerryError>(reception.waitFor(undefined, { timeoutMs: 80 }));
    expect(error.code).toBe('SKERRY_RPC_DEADLINE_EXCEEDED');
    await eventually(() => expect(seen.aborted).toHaveLength(1));
    const [outer, inner] = seen.contexts;
    expect(inner!.deadline).toBeLessThanOrEqual(outer!.deadline + 50);
  });

  test('are given up by a signal, all the way down', async () => {
    const giveUp = new AbortController();
    const call = rejection<SkerryError>(reception.waitFor(undefined, { signal: giveUp.signal }));
    await eventually(() => expect(seen.contexts).toHaveLength(2));
    giveUp.abort();
    expect((await call).code).toBe('SKERRY_RPC_CANCELLED');
    await eventually(() => expect(seen.aborted).toHaveLength(1));
  });

  test('are refused before they are sent when the signal is aborted already, or the deadline is no time', async () => {
    expect((await rejection<SkerryError>(greeter.nothing(undefined, { signal: AbortSignal.abort() }))).code).toBe(
      'SKERRY_RPC_CANCELLED',
    );
    expect((await rejection<SkerryError>(greeter.nothing(undefined, { timeoutMs: 0 }))).code).toBe(
      'SKERRY_OPTION_INVALID',
    );
  });

  test('wait for a service that is not up yet', async () => {
    const late = world.apps[2]!.client<Late>('late');
    const reply = late.hello({ name: 'Ada' });
    await world.start(LateModule);
    await expect(reply).resolves.toBe('Ada');
  });

  test('fail at their deadline when no node comes, naming service and attempt', async () => {
    const error = await rejection<SkerryError>(
      world.apps[2]!.client<Late>('late').hello({ name: 'Ada' }, { timeoutMs: 50 }),
    );
    expect(error).toMatchObject({ code: 'SKERRY_RPC_NO_NODE', status: 'UNAVAILABLE', retryable: true });
    expect(error.message).toContain("no node of 'late' was found within 50 ms");
    expect(error.details).toMatchObject({ service: 'late', handler: 'hello', attempt: 0 });
  });

  test('create a request-scoped service anew, with what it needs, for each of them', async () => {
    await world.start(ScopedModule);
    const scoped = world.apps[2]!.client<Scoped>('scoped');
    const first = await scoped.who(undefined, { metadata: { user: 'ada' } });
    const second = await scoped.who(undefined, { metadata: { user: 'bob' } });
    expect([first, second]).toEqual([
      { user: 'ada', instance: 1 },
      { user: 'bob', instance: 2 },
    ]);
  });
});

@Service('late')
class Late {
  @Handler()
  async hello(request: HelloRequest): Promise<string> {
    return request.name;
  }
}

@Module({ providers: [Late] })
class LateModule {}

let instances = 0;

@Injectable({ scope: 'request' })
class CurrentUser {
  readonly name = Context.current()!.metadata['user'];
}

@Service('scoped', { scope: 'request' })
class Scoped {
  private readonly instance = ++instances;
  constructor(private readonly user: CurrentUser) {}

  @Handler()
  async who(): Promise<unknown> {
    return { user: this.user.name, instance: this.instance };
  }
}

@Module({ providers: [Scoped, CurrentUser] })
class ScopedModule {}
