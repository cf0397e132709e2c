import type { Clock } from '../clock/clock.js';
import type { HealthEvent, HealthStatus } from './health-events.js';
import { resolveHealthOptions, type HealthOptions } from './health-options.js';
import { HealthProbe, type Check, type CheckReport, type CheckState } from './health-probe.js';

/** How an application fares at one moment: plain data. */
export interface HealthReport {
  readonly status: HealthStatus;
  /** How long that has been its status, in ms. */
  readonly forMs: number;
  /** Of every check, in the order in which the providers were created. */
  readonly checks: readonly CheckReport[];
}

export type HealthListener = (status: HealthStatus) => void;

/**
 * Whether the application is fit for calls, by what its `@HealthCheck` methods say. The application starts and stops it, and
 * is found by others only while it is `ready`. Inject it to show or to watch it; the class is the injection token.
 *
 * It is ready as soon as every readiness check has succeeded once; not any more when one of them, or a liveness check, has
 * failed `failuresToUnready` times in a row; and again when each of those has succeeded `successesToReady` times in a row.
 */
export class Health {
  private readonly options: Required<HealthOptions>;
  private readonly listeners = new Set<HealthListener>();
  private probes: readonly HealthProbe[] = [];
  private current: HealthStatus = 'starting';
  private since: number;
  private endRound!: () => void;
  private readonly round: Promise<void>;

  constructor(
    private readonly clock: Clock,
    options: HealthOptions = {},
    private readonly events: (event: HealthEvent) => void = () => undefined,
  ) {
    this.options = resolveHealthOptions(options);
    this.since = clock.now();
    this.round = new Promise((resolve) => (this.endRound = resolve));
  }

  get status(): HealthStatus {
    return this.current;
  }

  /** Which checks keep the application from being ready, with their last errors; `undefined` when none does. */
  get reason(): string | undefined {
    const inTheWay = this.report().checks.filter(hinders);
    return inTheWay.length === 0 ? undefined : inTheWay.map(explained).join('; ');
  }

  report(): HealthReport {
    const checks = this.probes.map((probe) => probe.report());
    return { status: this.current, forMs: this.clock.now() - this.since, checks };
  }

  /** Calls back with the status each time it changes, in the turn in which it does. Returns what ends it. */
  onChange(listener: HealthListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /**
   * Begins to run the checks, all at once. Called by the application, once. Resolves when each has ended its first run, one
   * way or the other, or when it is stopped.
   */
  start(checks: readonly Check[]): Promise<void> {
    if (this.current !== 'starting' || this.probes.length > 0) return this.round;
    this.probes = checks.map(
      (check) => new HealthProbe(check, this.clock, this.options, (probe, before) => this.judged(probe, before)),
    );
    for (const probe of this.probes) probe.start();
    this.judge();
    return this.round;
  }

  /** Ends it for good, at once; what still runs is left to itself. Called by the application. Harmless twice. */
  stop(): void {
    for (const probe of this.probes) probe.stop();
    this.become('stopped');
    this.endRound();
  }

  private judged(probe: HealthProbe, before: CheckState): void {
    const { name: check, kind, state, lastError: error = '', failures } = probe.report();
    if (state === 'unhealthy' && before !== 'unhealthy') {
      this.events({ type: 'health-check-failed', check, kind, error, failures });
    } else if (state === 'healthy' && before === 'unhealthy') {
      this.events({ type: 'health-check-recovered', check, kind });
    }
    this.judge();
  }

  private judge(): void {
    const { checks } = this.report();
    if (checks.every(({ tookMs }) => tookMs !== undefined)) this.endRound();
    if (!checks.some(hinders)) this.become('ready');
    else if (this.current === 'ready') this.become('not-ready');
  }

  private become(to: HealthStatus): void {
    const from = this.current;
    if (to === from || from === 'stopped') return;
    this.current = to;
    this.since = this.clock.now();
    const reason = to === 'not-ready' ? this.reason : undefined;
    this.events({ type: 'health-changed', from, to, ...(reason ? { reason } : {}) });
    for (const listener of this.listeners) {
      try {
        listener(to);
      } catch {
        // Whoever listens must not be able to break what is told about.
      }
    }
  }
}

/** A readiness check has to have succeeded; a liveness check must not have failed. */
function hinders({ kind, state }: CheckReport): boolean {
  return state === 'unhealthy' || (kind === 'readiness' && state === 'unknown');
}

/** `database.ping: connect ECONNREFUSED (failed 3 times in 12 s)`. */
function explained({ name, state, lastError, failures, failingForMs, forMs }: CheckReport): string {
  if (state === 'unknown') return `${name}: no answer yet after ${seconds(forMs)}`;
  if (failures === 0) return `${name}: ${lastError} (succeeds again, and not often enough yet)`;
  return `${name}: ${lastError} (failed ${failures === 1 ? 'once' : `${failures} times in ${seconds(failingForMs)}`})`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1_000)} s`;
}
