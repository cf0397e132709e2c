import { SkerryError } from '@skerry/core';

export class NoSuchArticle extends SkerryError {
  static readonly code = 'SHOP_NO_SUCH_ARTICLE';

  constructor(sku: string) {
    super(NoSuchArticle.code, `the shop does not sell '${sku}'`, { status: 'NOT_FOUND', details: { sku } });
  }
}
