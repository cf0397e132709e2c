import { Handler, InjectClient, Module, Service, type Client } from '@skerry/core';
import { IsInt, IsString, Min } from 'class-validator';
import { OutOfStock } from './out-of-stock.js';

export class TakeRequest {
  @IsString()
  sku!: string;

  @IsInt()
  @Min(1)
  count!: number;
}

// #region throws
@Service('stock')
export class Stock {
  private readonly left = new Map([['A1', 3]]);

  @Handler()
  async take({ sku, count }: TakeRequest): Promise<number> {
    const left = this.left.get(sku) ?? 0;
    if (left < count) throw new OutOfStock(sku, left);
    this.left.set(sku, left - count);
    return left - count;
  }

  @Handler()
  async recount(): Promise<void> {
    throw new Error('cannot connect to postgres://stock:hunter2@db');
  }
}
// #endregion throws

// #region catches
@Service('shop')
export class Shop {
  constructor(@InjectClient('stock', { errors: [OutOfStock] }) private readonly stock: Client<Stock>) {}

  @Handler()
  async buy(request: TakeRequest): Promise<string> {
    try {
      await this.stock.take(request);
      return 'sold';
    } catch (error) {
      if (error instanceof OutOfStock && error.left > 0) return `only ${error.left} are left`;
      // Whatever else: shop's own caller gets it as it came, with the node where it began.
      throw error;
    }
  }
}
// #endregion catches

@Module({ providers: [Stock] })
export class StockModule {}

@Module({ providers: [Shop] })
export class ShopModule {}
