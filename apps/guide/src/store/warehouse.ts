import {
  Handler,
  Injectable,
  InjectStore,
  Module,
  Service,
  SkerryError,
  type Store,
  type TypedStore,
} from '@skerry/core';
import { IsInt, IsString, Min } from 'class-validator';

// #region values
export class Shelf {
  @IsString()
  sku!: string;

  @IsInt()
  @Min(0)
  left!: number;
}

@Injectable()
export class Shelves {
  private readonly shelves: TypedStore<Shelf>;

  constructor(@InjectStore('warehouse') store: Store) {
    this.shelves = store.of(Shelf, 'shelves/');
  }

  async fill(sku: string, left: number): Promise<void> {
    await this.shelves.put(sku, { sku, left });
  }
  // #endregion values

  // #region swap
  /** One of several nodes takes the last one, and one only. */
  async take(sku: string): Promise<number> {
    for (;;) {
      const shelf = await this.shelves.get(sku);
      if (!shelf || shelf.value.left === 0) throw new SkerryError('SOLD_OUT', `no ${sku} is left`);
      const left = shelf.value.left - 1;
      try {
        await this.shelves.put(sku, { sku, left }, { ifVersion: shelf.version });
        return left;
      } catch (error) {
        // Somebody was faster: look again.
        if (!(SkerryError.is(error) && error.code === 'SKERRY_STORE_CONFLICT')) throw error;
      }
    }
  }
  // #endregion swap

  // #region pages
  async all(): Promise<Shelf[]> {
    const shelves: Shelf[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await this.shelves.list({ limit: 100, ...(cursor ? { cursor } : {}) });
      shelves.push(...page.entries.map(({ value }) => value));
      if (!page.cursor) return shelves;
      cursor = page.cursor;
    }
  }
  // #endregion pages

  // #region watch
  /** Keeps a copy up to date until the signal aborts. */
  async follow(copy: Map<string, number>, signal: AbortSignal): Promise<void> {
    // Watch first and list then: what changes in between is told, and what was there is listed.
    const changes = this.shelves.watch('', { signal });
    await this.copyTo(copy);
    for await (const change of changes) {
      if (change.type === 'resync') await this.copyTo(copy);
      else if (change.type === 'put') copy.set(change.key, change.entry.value.left);
      else copy.delete(change.key);
    }
  }

  private async copyTo(copy: Map<string, number>): Promise<void> {
    copy.clear();
    for (const { sku, left } of await this.all()) copy.set(sku, left);
  }
  // #endregion watch
}

@Service('warehouse')
export class Warehouse {
  constructor(private readonly shelves: Shelves) {}

  @Handler({ request: String })
  take(sku: string): Promise<number> {
    return this.shelves.take(sku);
  }
}

// #region once
@Injectable()
export class Reminders {
  constructor(@InjectStore('warehouse') private readonly store: Store) {}

  /** Whether it is this node's turn: of all that ask within an hour, one is told so. */
  async isDue(sku: string): Promise<boolean> {
    try {
      await this.store.put(`reminded/${sku}`, true, { ifAbsent: true, ttlMs: 3_600_000 });
      return true;
    } catch (error) {
      if (SkerryError.is(error) && error.code === 'SKERRY_STORE_CONFLICT') return false;
      throw error;
    }
  }
}
// #endregion once

@Module({ providers: [Warehouse, Shelves, Reminders] })
export class WarehouseModule {}
