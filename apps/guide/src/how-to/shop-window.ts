import { Handler, InjectClient, Module, Service, type Client, type Context } from '@skerry/core';
import { ArrayMaxSize, IsArray, IsString } from 'class-validator';
import { Cached } from './cached.js';
import { Article, type Catalogue } from './catalogue.js';

export class WindowRequest {
  @IsArray()
  @ArrayMaxSize(50)
  @IsString({ each: true })
  skus!: string[];
}

@Service('window', { version: '1.0.0' })
export class ShopWindow {
  constructor(@InjectClient('catalogue') private readonly catalogue: Client<Catalogue>) {}

  // #region fan-out
  /** All at once. Those that take longer than half of what our own caller waits are left out. */
  @Handler({ readOnly: true })
  async dress({ skus }: WindowRequest, context: Context): Promise<Article[]> {
    const timeoutMs = context.remainingMs / 2;
    const found = await Promise.allSettled(skus.map((sku) => this.catalogue.find(sku, { timeoutMs })));
    return found.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  }
  // #endregion fan-out

  // #region cached-handler
  @Handler({ request: String, reply: Article, readOnly: true, interceptors: [Cached] })
  featured(sku: string): Promise<Article> {
    return this.catalogue.find(sku);
  }
  // #endregion cached-handler
}

@Module({ providers: [ShopWindow, Cached] })
export class WindowModule {}
