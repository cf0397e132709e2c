import { Clock, Context, Handler, Inject, Module, Service } from '@skerry/core';
import { WebSocketModule } from '@skerry/websocket';
import { IsInt, IsString, Length } from 'class-validator';

export class PriceRequest {
  @IsString()
  @Length(2, 10)
  sku!: string;
}

export class Price {
  @IsInt()
  cents!: number;
}

@Service('prices')
export class Prices {
  private asked = 0;

  constructor(@Inject(Clock) private readonly clock: Clock) {}

  @Handler({ reply: Price, readOnly: true })
  async find(_request: PriceRequest): Promise<Price> {
    return { cents: 250 };
  }

  /** The price now, and whenever it changes. */
  @Handler({ reply: Price, readOnly: true })
  async *watch(_request: PriceRequest, context: Context): AsyncGenerator<Price> {
    while (!context.signal.aborted) {
      yield { cents: 250 + this.asked++ };
      await this.clock.sleep(10, context.signal);
    }
  }
}

// #region module
@Module({
  imports: [WebSocketModule.forRoot({ origins: ['https://shop.example'] })],
  providers: [Prices],
})
export class PricesModule {}
// #endregion module
