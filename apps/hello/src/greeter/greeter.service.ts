import { Clock, Context, Field, Handler, Inject, Service } from '@skerry/core';
import { IsInt, IsString, Length, Max, Min } from 'class-validator';

// #region messages
export class HelloRequest {
  @Field(1)
  @IsString()
  @Length(1, 80)
  name!: string;
}

export class HelloReply {
  @Field(1)
  @IsString()
  message!: string;
}

export class CountdownRequest {
  @Field(1, { type: 'int32' })
  @IsInt()
  @Min(1)
  @Max(10)
  from!: number;
}

export class Tick {
  @Field(1, { type: 'int32' })
  @IsInt()
  left!: number;
}
// #endregion messages

// #region service
@Service('greeter', { version: '1.0.0' })
export class Greeter {
  constructor(@Inject(Clock) private readonly clock: Clock) {}

  @Handler({ reply: HelloReply, readOnly: true })
  async hello(request: HelloRequest): Promise<HelloReply> {
    return { message: `Hello ${request.name}` };
  }

  @Handler({ reply: Tick, readOnly: true })
  async *countdown(request: CountdownRequest, context: Context): AsyncGenerator<Tick> {
    for (let left = request.from; left >= 1; left--) {
      yield { left };
      // Ends at once, with an error, when the caller has gone.
      await this.clock.sleep(200, context.signal);
    }
  }
}
// #endregion service
