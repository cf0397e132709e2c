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
    const shelf = await this.shelves.update(sku, (found) => {
      if (!found || found.left === 0) throw new SkerryError('SOLD_OUT', `no ${sku} is left`);
      return { sku, left: found.left - 1 };
    });
    return shelf!.value.left;
  }
  // #endregion swap

  // #region pages
  async all(): Promise<Shelf[]> {
    const shelves: Shelf[] = [];
    for await (const { value } of this.shelves.all()) shelves.push(value);
    return shelves;
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
    const version = await this.store.putIfAbsent(`reminded/${sku}`, true, { ttlMs: 3_600_000 });
    return version !== undefined;
  }
}
// #endregion once

@Module({ providers: [Warehouse, Shelves, Reminders] })
export class WarehouseModule {}
