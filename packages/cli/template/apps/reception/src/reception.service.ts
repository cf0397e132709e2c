import { Handler, InjectClient, Service, Subscribe, type Client } from '@skerry/core';
import type { Greeter } from '@my-workspace/greeter';
import { CountdownRequest, Greeted, greeted, Guests } from '@my-workspace/contracts';
import { HelloReply, HelloRequest, Tick } from '@my-workspace/contracts';
import { GuestBook } from './guest-book.js';

@Service('reception', { version: '1.0.0' })
export class Reception {
  constructor(
    @InjectClient('greeter') private readonly greeter: Client<Greeter>,
    private readonly book: GuestBook,
  ) {}

  /** A call goes to the other service by its name, typed by its class. */
  @Handler({ reply: HelloReply })
  async welcome({ name }: HelloRequest): Promise<HelloReply> {
    const { message } = await this.greeter.hello({ name });
    return { message: `${message}, welcome in.` };
  }

  /** A stream is passed on as it comes. */
  @Handler({ reply: Tick, readOnly: true })
  async *countdown({ from }: CountdownRequest): AsyncGenerator<Tick> {
    yield* this.greeter.countdown({ from });
  }

  /** Each event reaches one process of this service, again if that fails. */
  @Subscribe(greeted, { queue: 'reception' })
  async onGreeted({ name }: Greeted): Promise<void> {
    this.book.write(name);
  }

  @Handler({ reply: Guests, readOnly: true })
  async guests(): Promise<Guests> {
    return { names: this.book.names };
  }
}
