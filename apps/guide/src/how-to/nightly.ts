import {
  Clock,
  Inject,
  Injectable,
  InjectStore,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type Store,
  type Timer,
} from '@skerry/core';

/** What is to be done. */
export abstract class Job {
  abstract run(): Promise<void>;
}

const everyMs = 60_000;

// #region one-node
/** Every node asks; one of them does it. Should it die, another does it in the next round. */
@Injectable()
export class Nightly implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: Timer | undefined;

  constructor(
    @InjectStore('jobs') private readonly store: Store,
    @Inject(Clock) private readonly clock: Clock,
    private readonly job: Job,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.timer = this.clock.setTimer(everyMs, () => void this.round(), true);
  }

  async onApplicationShutdown(): Promise<void> {
    this.timer?.cancel();
  }

  private async round(): Promise<void> {
    try {
      // Theirs who comes first, until just before the next round.
      const ours = await this.store.putIfAbsent('nightly', true, { ttlMs: everyMs * 0.9 });
      if (ours) await this.job.run();
    } finally {
      this.timer = this.clock.setTimer(everyMs, () => void this.round(), true);
    }
  }
}
// #endregion one-node

/** A module of its own for each node of a test. */
export function nightlyModule(job: Job): object {
  @Module({ providers: [Nightly, { provide: Job, useValue: job }] })
  class NightlyModule {}
  return NightlyModule;
}
