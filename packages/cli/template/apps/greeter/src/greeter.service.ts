import { Broker, Clock, Context, Handler, Inject, Service } from '@skerry/core';
import { CountdownRequest, greeted, HelloReply, HelloRequest, Tick } from '@my-workspace/contracts';

@Service('greeter', { version: '1.0.0', publishes: [greeted] })
export class Greeter {
  constructor(
    @Inject(Broker) private readonly broker: Broker,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  @Handler({ reply: HelloReply })
  async hello({ name }: HelloRequest): Promise<HelloReply> {
    // Resolves when the broker has taken responsibility for it.
    await this.broker.publish(greeted, { name });
    return { message: `Hello ${name}` };
  }

  @Handler({ reply: Tick, readOnly: true })
  async *countdown({ from }: CountdownRequest, context: Context): AsyncGenerator<Tick> {
    for (let left = from; left >= 1; left--) {
      yield { left };
      // Ends at once, with an error, when the caller has gone.
      await this.clock.sleep(200, context.signal);
    }
  }
}
