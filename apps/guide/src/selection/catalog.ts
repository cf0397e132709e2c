import {
  APPLICATION_INFO,
  ConsistentHashStrategy,
  Context,
  Handler,
  Inject,
  InjectClient,
  Injectable,
  Module,
  NodeFilter,
  SelectionStrategy,
  Service,
  type ApplicationInfo,
  type Candidate,
  type Choice,
  type Client,
  type NodeRecord,
} from '@skerry/core';

@Service('catalog', { version: '1.9.0' })
export class Catalog {
  constructor(@Inject(APPLICATION_INFO) private readonly info: ApplicationInfo) {}

  /** Which node this is, and which attempt reached it. */
  @Handler({ readOnly: true })
  async whoAmI(context: Context): Promise<{ instance: string; attempt: number }> {
    return { instance: this.info.instance, attempt: context.attempt };
  }
}

@Service('catalog', { version: '2.1.0' })
export class NextCatalog extends Catalog {}

// #region criteria
@Service('shop')
export class Shop {
  constructor(
    @InjectClient('catalog') private readonly catalog: Client<Catalog>,
    @InjectClient('catalog', { version: '^2', labels: { tier: 'gold' } }) private readonly gold: Client<Catalog>,
  ) {}

  @Handler()
  async next(): Promise<string> {
    const { instance } = await this.catalog.whoAmI(undefined, { version: '>=2.0.0' });
    return instance;
  }

  @Handler()
  async best(): Promise<string> {
    const { instance } = await this.gold.whoAmI();
    return instance;
  }

  /** Calls with one key meet at one node: what it keeps in memory for them is there. */
  @Handler()
  async ofCart(cartId: string): Promise<string> {
    const { instance } = await this.catalog.whoAmI(undefined, { key: cartId });
    return instance;
  }
}
// #endregion criteria

// #region filter
@Injectable()
export class NoCanaries implements NodeFilter {
  accepts({ metadata }: NodeRecord): boolean {
    return metadata['canary'] !== 'true';
  }
}
// #endregion filter

// #region own
/** The oldest node takes everything; the others are there for the day it fails. */
@Injectable()
export class OldestStrategy extends SelectionStrategy {
  override choose(candidates: readonly Candidate[], { allowed }: Choice): Candidate {
    // What this call has failed on and what is ejected is not allowed; at least one candidate is.
    const usable = candidates.filter((each) => allowed(each));
    return usable.reduce((oldest, each) => (since(each) < since(oldest) ? each : oldest));
  }
}

function since({ node }: Candidate): number {
  return Number(node.metadata['since'] ?? Infinity);
}
// #endregion own

@Module({ providers: [Catalog] })
export class CatalogModule {}

@Module({ providers: [NextCatalog] })
export class NextCatalogModule {}

@Module({ providers: [Shop] })
export class ShopModule {}

// #region strategy
@Module({
  providers: [Shop, { provide: SelectionStrategy, useClass: ConsistentHashStrategy }],
})
export class ShopWithKeysModule {}
// #endregion strategy

// #region module
@Module({
  providers: [Shop, { provide: NodeFilter, useClass: NoCanaries, multi: true }],
})
export class CarefulShopModule {}
// #endregion module

@Module({ providers: [Shop, { provide: SelectionStrategy, useClass: OldestStrategy }] })
export class OldestFirstModule {}
