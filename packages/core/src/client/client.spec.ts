import { expectTypeOf } from 'expect-type';
import type { Context } from '../context/context.js';
import type { CallOptions, Client, HandlerName } from './client.js';

// Types only: the assertions are checked by `npm run typecheck`; at run time they do nothing.

interface Hello {
  name: string;
}
interface Reply {
  message: string;
}

declare class Greeter {
  readonly version: string;
  hello(request: Hello): Promise<Reply>;
  helloWithContext(request: Hello, context: Context): Promise<Reply>;
  maybe(request?: Hello): Promise<Reply>;
  ping(): Promise<void>;
  whoCalls(context: Context): Promise<string>;
  ticks(request: Hello, context: Context): AsyncGenerator<Reply>;
  feed(): AsyncIterable<number>;
  upload(requests: AsyncIterable<Hello>): Promise<Reply>;
  chat(requests: AsyncIterable<Hello>, context: Context): AsyncIterable<Reply>;
  onModuleInit(): Promise<void>;
  onApplicationShutdown(): Promise<void>;
  format(name: string): string;
  add(a: number, b: number): Promise<number>;
  protected hidden(request: Hello): Promise<Reply>;
  private secret(request: Hello): Promise<Reply>;
}

type GreeterClient = Client<Greeter>;

describe('the type of a client', () => {
  test('has the handlers, and nothing that cannot be one', () => {
    expectTypeOf<HandlerName<Greeter>>().toEqualTypeOf<
      'hello' | 'helloWithContext' | 'maybe' | 'ping' | 'whoCalls' | 'ticks' | 'feed' | 'upload' | 'chat'
    >();
    expectTypeOf<GreeterClient>().not.toHaveProperty('version');
    expectTypeOf<GreeterClient>().not.toHaveProperty('onModuleInit');
    expectTypeOf<GreeterClient>().not.toHaveProperty('onApplicationShutdown');
    expectTypeOf<GreeterClient>().not.toHaveProperty('format');
    expectTypeOf<GreeterClient>().not.toHaveProperty('add');
    expectTypeOf<GreeterClient>().not.toHaveProperty('hidden');
    expectTypeOf<GreeterClient>().not.toHaveProperty('secret');
  });

  test('gives a promise of one reply', () => {
    expectTypeOf<GreeterClient['hello']>().toEqualTypeOf<(request: Hello, options?: CallOptions) => Promise<Reply>>();
    expectTypeOf<GreeterClient['helloWithContext']>().toEqualTypeOf<
      (request: Hello, options?: CallOptions) => Promise<Reply>
    >();
    expectTypeOf<GreeterClient['maybe']>().toEqualTypeOf<(request?: Hello, options?: CallOptions) => Promise<Reply>>();
  });

  test('asks for no message where the handler takes none', () => {
    expectTypeOf<GreeterClient['ping']>().toEqualTypeOf<
      (request?: undefined, options?: CallOptions) => Promise<void>
    >();
    expectTypeOf<GreeterClient['whoCalls']>().toEqualTypeOf<
      (request?: undefined, options?: CallOptions) => Promise<string>
    >();
  });

  test('gives an async iterable of many replies', () => {
    expectTypeOf<GreeterClient['ticks']>().toEqualTypeOf<
      (request: Hello, options?: CallOptions) => AsyncIterable<Reply>
    >();
    expectTypeOf<GreeterClient['feed']>().toEqualTypeOf<
      (request?: undefined, options?: CallOptions) => AsyncIterable<number>
    >();
  });

  test('takes many messages from anything that can be iterated', () => {
    type Messages = AsyncIterable<Hello> | Iterable<Hello>;
    expectTypeOf<GreeterClient['upload']>().toEqualTypeOf<
      (request: Messages, options?: CallOptions) => Promise<Reply>
    >();
    expectTypeOf<GreeterClient['chat']>().toEqualTypeOf<
      (request: Messages, options?: CallOptions) => AsyncIterable<Reply>
    >();
  });

  test('refuses wrong messages, wrong options and assignments', () => {
    const use = (client: GreeterClient): void => {
      // @ts-expect-error the name is a string
      void client.hello({ name: 1 });
      // @ts-expect-error the message is missing
      void client.hello();
      // @ts-expect-error there is no such option
      void client.hello({ name: 'Ada' }, { timeout: 5 });
      // @ts-expect-error a client's methods cannot be replaced
      client.hello = () => Promise.resolve({ message: '' });
      // @ts-expect-error it is no handler
      void client.format('Ada');
    };
    expect(use).toBeInstanceOf(Function);
  });
});
