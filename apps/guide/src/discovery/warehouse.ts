import {
  Handler,
  Health,
  HealthCheck,
  Injectable,
  Module,
  Registry,
  Service,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@skerry/core';

/** What a test lets go wrong. */
export abstract class Pool {
  abstract query(sql: string): Promise<unknown>;
}

// #region health
@Injectable()
export class Database {
  constructor(private readonly pool: Pool) {}

  /** Fails by throwing, by `false`, and by taking too long. */
  @HealthCheck({ intervalMs: 5_000, timeoutMs: 1_000 })
  async ping(): Promise<void> {
    await this.pool.query('select 1');
  }
}

@Service('warehouse', { version: '1.0.0', metadata: { team: 'logistics' } })
export class Warehouse {
  @Handler({ readOnly: true })
  async count(): Promise<number> {
    return 7;
  }
}
// #endregion health

// #region ask
/** Tells what runs, for a page that people look at. */
@Service('status')
export class Status implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly seen: string[] = [];
  private unlisten?: () => void;

  constructor(
    private readonly registry: Registry,
    private readonly health: Health,
  ) {}

  /** Every service with the versions of its nodes, asked of the registry now. */
  @Handler({ readOnly: true })
  async services(): Promise<Record<string, string[]>> {
    const names = await this.registry.services();
    const nodes = await Promise.all(names.map((name) => this.registry.lookup(name)));
    return Object.fromEntries(names.map((name, at) => [name, nodes[at]!.map(({ version }) => version)]));
  }

  @Handler({ readOnly: true })
  async self(): Promise<string> {
    const { status, reason } = this.health;
    return reason ? `${status}: ${reason}` : status;
  }

  /** A view is kept up to date in the background. */
  onApplicationBootstrap(): void {
    const view = this.registry.service('warehouse');
    this.unlisten = view.onChange((nodes) => this.seen.push(`${nodes.length} nodes`));
  }

  onApplicationShutdown(): void {
    this.unlisten?.();
  }
}
// #endregion ask

@Module({ providers: [Warehouse] })
export class WarehouseModule {}

@Module({ providers: [Status] })
export class StatusModule {}

/** With a database that a test can let fail. */
export function checkedModule(pool: Pool): object {
  @Module({ providers: [Warehouse, Database, { provide: Pool, useValue: pool }] })
  class CheckedModule {}
  return CheckedModule;
}
