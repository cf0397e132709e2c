import { Clock, Context, Handler, Inject, InjectClient, Module, Service, type Client } from '@skerry/core';
import { IsInt, IsString, Min } from 'class-validator';

export class WatchRequest {
  @IsString()
  sku!: string;
}

export class Price {
  @IsString()
  sku!: string;

  @IsInt()
  @Min(0)
  cents!: number;
}

// #region server
@Service('prices')
export class Prices {
  private readonly latest = new Map<string, number>();
  /** Watchers that have not left. */
  watchers = 0;

  constructor(@Inject(Clock) private readonly clock: Clock) {}

  /** Sends many: an async generator needs no more than that. */
  @Handler({ reply: Price, readOnly: true })
  async *watch({ sku }: WatchRequest, context: Context): AsyncGenerator<Price> {
    this.watchers++;
    try {
      for (;;) {
        yield { sku, cents: this.latest.get(sku) ?? 0 };
        await this.clock.sleep(1_000, context.signal);
      }
    } finally {
      // Also when the caller leaves its loop, or is gone.
      this.watchers--;
    }
  }

  /** Takes many. What an iterable holds is not recorded by the compiler, so the class is named. */
  @Handler({ kind: 'client-stream', request: Price })
  async upload(prices: AsyncIterable<Price>): Promise<number> {
    let count = 0;
    for await (const { sku, cents } of prices) {
      this.latest.set(sku, cents);
      count++;
    }
    return count;
  }

  /** Both at once. */
  @Handler({ kind: 'bidirectional', request: WatchRequest, reply: Price })
  async *lookUp(wanted: AsyncIterable<WatchRequest>): AsyncGenerator<Price> {
    for await (const { sku } of wanted) yield { sku, cents: this.latest.get(sku) ?? 0 };
  }
}
// #endregion server

// #region client
@Service('shop-window')
export class ShopWindow {
  constructor(@InjectClient('prices') private readonly prices: Client<Prices>) {}

  /** Passes a stream on: it goes as fast as whoever reads it, and ends with them. */
  @Handler()
  async *show(request: WatchRequest): AsyncGenerator<string> {
    for await (const { sku, cents } of this.prices.watch(request)) yield `${sku} costs ${cents} cents`;
  }

  @Handler()
  async firstCheap({ sku }: WatchRequest): Promise<number> {
    for await (const { cents } of this.prices.watch({ sku })) {
      // Leaving the loop cancels the stream.
      if (cents < 100) return cents;
    }
    return 0;
  }

  @Handler()
  async fill(lines: string): Promise<number> {
    // Anything that can be iterated: an array, a Set, a generator that reads a file.
    return this.prices.upload(parse(lines));
  }
}

function* parse(lines: string): Generator<Price> {
  for (const line of lines.split('\n')) {
    const [sku = '', cents] = line.split('=');
    yield { sku, cents: Number(cents) };
  }
}
// #endregion client

@Module({ providers: [Prices] })
export class PricesModule {}

@Module({ providers: [ShopWindow] })
export class ShopWindowModule {}
