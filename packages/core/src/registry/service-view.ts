import type { Clock } from '../clock/clock.js';
import { shareable } from '../clock/shared-signal.js';
import { SkerryError } from '../errors/skerry-error.js';
import { never } from './abortable.js';
import type { NodeRecord } from './node-record.js';
import type { RegistryEvents } from './registry-events.js';
import type { WatchedService } from './watched-service.js';

const longestTimerMs = 2 ** 31 - 1;

/**
 * The nodes of one service as this process knows them, kept up to date in the background. Cheap to read, to keep and to
 * throw away. Comes from {@link Registry.service}.
 */
export class ServiceView {
  constructor(
    readonly name: string,
    private service: WatchedService,
    private readonly find: () => WatchedService,
    private readonly clock: Clock,
    private readonly events: RegistryEvents,
  ) {}

  /** Frozen, sorted by id; the same array until something changes. Empty as long as nothing is {@link loaded}. */
  get nodes(): readonly NodeRecord[] {
    return this.live.nodes;
  }

  /**
   * Whether {@link nodes} is the engine's answer. `false` before the first, and after the last was given up as stale.
   */
  get loaded(): boolean {
    return this.live.loaded;
  }

  /** Why the engine cannot be asked at present; {@link nodes} are the last known ones. */
  get failure(): SkerryError | undefined {
    return this.live.failure;
  }

  /**
   * Resolves with the nodes as soon as the engine has answered and `satisfied` says so of its answer; at once when that
   * is already so. Keeps the process alive meanwhile.
   *
   * Rejects with the signal's reason; with the engine's error when trying again cannot help; with `SKERRY_APP_STATE`
   * when the registry closes.
   */
  wait(
    satisfied: (nodes: readonly NodeRecord[]) => boolean,
    signal: AbortSignal = never,
  ): Promise<readonly NodeRecord[]> {
    const service = this.live;
    return new Promise((resolve, reject) => {
      const check = (): void => {
        if (signal.aborted) return end(() => reject(signal.reason as Error));
        if (service.state !== 'live') return end(() => reject(closed(`wait for nodes of ${this.name}`)));
        const { failure } = service;
        try {
          if (service.loaded && satisfied(service.nodes)) end(() => resolve(service.nodes));
          else if (failure && !failure.retryable) end(() => reject(failure));
        } catch (error) {
          end(() => reject(error as Error));
        }
      };
      // Everything else here waits in the background; this timer is there to keep the process, and never comes due.
      const awake = this.clock.setTimer(longestTimerMs, check);
      const noLonger = service.awaited();
      const end = (settle: () => void): void => {
        awake.cancel();
        noLonger();
        service.observers.delete(check);
        signal.removeEventListener('abort', check);
        settle();
      };
      service.observers.add(check);
      shareable(signal).addEventListener('abort', check);
      check();
    });
  }

  /**
   * Calls back with the new {@link nodes} each time they change. What it throws becomes a `listener-failed` event.
   * A view that is listened to never goes idle. Returns what ends it.
   */
  onChange(listener: (nodes: readonly NodeRecord[]) => void): () => void {
    const service = this.live;
    let seen = service.nodes;
    const check = (): void => {
      if (service.nodes === seen) return;
      seen = service.nodes;
      try {
        listener(seen);
      } catch (error) {
        this.events({ type: 'listener-failed', service: this.name, error });
      }
    };
    service.observers.add(check);
    return () => void service.observers.delete(check);
  }

  private get live(): WatchedService {
    if (this.service.state === 'retired') this.service = this.find();
    this.service.used = true;
    return this.service;
  }
}

/** The error of whoever asks a registry for something after its end. */
export function closed(what: string): SkerryError {
  return new SkerryError('SKERRY_APP_STATE', `cannot ${what}: the registry is closed`);
}
