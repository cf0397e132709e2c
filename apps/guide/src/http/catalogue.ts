import { IsInt, IsOptional, IsString, Min } from 'class-validator';
import { Handler, Module, Service, SkerryError } from '@skerry/core';

// #region service
export class Search {
  @IsString()
  text!: string;

  @IsOptional()
  @IsInt()
  @Min(1)
  limit?: number;
}

export class Price {
  @IsString()
  sku!: string;

  @IsInt()
  cents!: number;
}

@Service('catalogue')
export class Catalogue {
  private readonly prices = new Map([['tea', 350]]);

  @Handler({ readOnly: true })
  async search({ text, limit = 10 }: Search): Promise<string[]> {
    return [...this.prices.keys()].filter((sku) => sku.includes(text)).slice(0, limit);
  }

  @Handler()
  async reprice({ sku, cents }: Price): Promise<Price> {
    if (!this.prices.has(sku)) throw new SkerryError('NO_SUCH_SKU', `there is no ${sku}`, { status: 'NOT_FOUND' });
    this.prices.set(sku, cents);
    return { sku, cents };
  }

  @Handler({ readOnly: true })
  async *watch(): AsyncGenerator<Price> {
    for (const [sku, cents] of this.prices) yield { sku, cents };
  }

  @Handler({ kind: 'client-stream', request: Price })
  async load(prices: AsyncIterable<Price>): Promise<number> {
    let loaded = 0;
    for await (const { sku, cents } of prices) {
      this.prices.set(sku, cents);
      loaded++;
    }
    return loaded;
  }
}

@Module({ providers: [Catalogue] })
export class CatalogueModule {}
// #endregion service
