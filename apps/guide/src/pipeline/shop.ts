import {
  Clock,
  ErrorMapper,
  Guard,
  Handler,
  Inject,
  Injectable,
  Interceptor,
  Logger,
  Module,
  Service,
  SkerryError,
  type HandlerCall,
} from '@skerry/core';
import { IsString } from 'class-validator';

export class RefundRequest {
  @IsString()
  orderId!: string;
}

/** What the database driver throws. */
export class RowNotFound extends Error {}

// #region guard
@Injectable()
export class ClerksOnly implements Guard {
  allows({ context }: HandlerCall): boolean {
    const role = context.metadata['role'];
    if (role === undefined) {
      throw new SkerryError('ROLE_MISSING', 'send the metadata `role`', { status: 'UNAUTHENTICATED' });
    }
    // Anything but `true` refuses: also the `undefined` of a path without a return.
    return role === 'clerk';
  }
}
// #endregion guard

// #region interceptor
@Injectable()
export class Timing implements Interceptor {
  constructor(
    @Inject(Clock) private readonly clock: Clock,
    private readonly log: Logger,
  ) {}

  async intercept({ service, handler }: HandlerCall, next: () => unknown): Promise<unknown> {
    const startedAt = this.clock.now();
    try {
      return await next();
    } finally {
      this.log.info(`${service}.${handler}`, { tookMs: this.clock.now() - startedAt });
    }
  }
}
// #endregion interceptor

// #region mapper
@Injectable()
export class DatabaseErrors implements ErrorMapper {
  map(error: unknown): SkerryError | undefined {
    // What it knows nothing about is left to the next one; and what nobody knows, to the log.
    if (!(error instanceof RowNotFound)) return undefined;
    return new SkerryError('NO_SUCH_ORDER', error.message, { status: 'NOT_FOUND', cause: error });
  }
}
// #endregion mapper

// #region service
@Service('refunds', { guards: [ClerksOnly], concurrency: 50 })
export class Refunds {
  constructor(@Inject(Clock) private readonly clock: Clock) {}

  @Handler({ errorMappers: [DatabaseErrors] })
  async refund({ orderId }: RefundRequest): Promise<string> {
    if (orderId === 'none') throw new RowNotFound(`order ${orderId} does not exist`);
    return `refunded ${orderId}`;
  }

  /** Two at once; four wait; the seventh is told to go elsewhere, before it is read. */
  @Handler({ concurrency: 2, queue: 4 })
  async report({ orderId }: RefundRequest): Promise<string> {
    await this.clock.sleep(1_000);
    return `report of ${orderId}`;
  }
}

@Module({
  providers: [
    Refunds,
    ClerksOnly,
    DatabaseErrors,
    // For every call of every service of this application.
    { provide: Interceptor, useClass: Timing, multi: true },
  ],
})
export class RefundsModule {}
// #endregion service
