import {
  Clock,
  Context,
  Handler,
  Inject,
  Injectable,
  Module,
  Service,
  type BeforeApplicationShutdown,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@skerry/core';
import { IsInt } from 'class-validator';

export class PackRequest {
  @IsInt()
  takesMs!: number;
}

// #region hooks
@Injectable()
export class Connections implements OnModuleInit, OnApplicationShutdown {
  open = false;

  async onModuleInit(): Promise<void> {
    this.open = true;
  }

  /** Nothing is served any more, and whoever needs this has been called before it. */
  async onApplicationShutdown(): Promise<void> {
    this.open = false;
  }
}

@Injectable()
export class NightlyReport implements BeforeApplicationShutdown {
  accepting = true;

  constructor(readonly connections: Connections) {}

  /** Everything still works: the place to stop what begins work by itself. */
  async beforeApplicationShutdown(reason?: string): Promise<void> {
    if (reason) this.accepting = false;
  }
}
// #endregion hooks

// #region handler
@Service('packing')
export class Packing {
  packed = 0;

  constructor(
    @Inject(Clock) private readonly clock: Clock,
    private readonly connections: Connections,
  ) {}

  @Handler()
  async pack({ takesMs }: PackRequest, context: Context): Promise<number> {
    // Aborted when the stop has waited for as long as it may.
    await this.clock.sleep(takesMs, context.signal);
    if (!this.connections.open) throw new Error('it was closed too early');
    return ++this.packed;
  }
}
// #endregion handler

@Module({ providers: [Packing, Connections, NightlyReport] })
export class PackingModule {}
