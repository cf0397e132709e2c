import { Handler, Module, Service } from '@skerry/core';
import { IsInt, IsString } from 'class-validator';

export class Article {
  @IsString()
  sku!: string;

  @IsInt()
  cents!: number;
}

/** What the recipes call. */
@Service('catalogue', { version: '1.0.0' })
export class Catalogue {
  static asked = 0;

  @Handler({ request: String, reply: Article, readOnly: true })
  async find(sku: string): Promise<Article> {
    Catalogue.asked++;
    return { sku, cents: sku.length * 100 };
  }
}

@Module({ providers: [Catalogue] })
export class CatalogueModule {}
