import { Handler, Module, Service } from '@skerry/core';

@Service('stock')
export class Stock {
  @Handler({ request: String })
  async count(what: string): Promise<number> {
    return what.length;
  }

  @Handler({ request: Number })
  async *shelves(count: number): AsyncGenerator<number> {
    for (let shelf = 1; shelf <= count; shelf++) yield shelf;
  }
}

@Module({ providers: [Stock] })
export class StockModule {}
