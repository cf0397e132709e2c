import { Handler, InjectClient, Service, type Client } from '@skerry/core';
import type { Greeter } from '../greeter/greeter.service.js';

/** One thing that the reception did, as it tells it. */
export interface Step {
  readonly call: string;
  readonly request: unknown;
  /** What came back: one reply, or each item of a stream. */
  readonly reply: unknown;
}

// #region client
@Service('reception', { version: '1.0.0' })
export class Reception {
  constructor(@InjectClient('greeter') private readonly greeter: Client<Greeter>) {}

  /** Calls the greeter in both ways, and tells each step as it happens. */
  @Handler()
  async *tour(): AsyncGenerator<Step> {
    const hello = { name: 'Ada' };
    yield { call: 'greeter.hello', request: hello, reply: await this.greeter.hello(hello) };

    const countdown = { from: 3 };
    for await (const tick of this.greeter.countdown(countdown)) {
      yield { call: 'greeter.countdown', request: countdown, reply: tick };
    }
  }
}
// #endregion client
