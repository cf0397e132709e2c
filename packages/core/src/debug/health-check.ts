import 'reflect-metadata';
import type { Class } from '../container/token.js';

const key = Symbol.for('skerry.health-checks');

/** What it means when a check fails: not fit for traffic at present, or broken in itself. */
export type HealthCheckKind = 'readiness' | 'liveness';

export interface HealthCheckOptions {
  /** As reports and logs call it. Default: `Class.method`. */
  readonly name?: string;
  /**
   * Either makes the application not ready when it fails; a `liveness` check is also logged as an error, since waiting may
   * not help. Nothing ends the process. Default `readiness`.
   */
  readonly kind?: HealthCheckKind;
  /** From the beginning of one run to that of the next, in ms. Before its first success at most 1,000. Default 10,000. */
  readonly intervalMs?: number;
  /** How long one run may take before it counts as failed, in ms. Default 5,000. */
  readonly timeoutMs?: number;
}

/** What `@HealthCheck` says of one member of a class. */
export interface DeclaredHealthCheck extends Required<Omit<HealthCheckOptions, 'name'>> {
  readonly name?: string;
  /** The member that was decorated; `undefined` where the class itself was. */
  readonly method: string | undefined;
  /** Of the class, not of its instances. */
  readonly isStatic: boolean;
}

/** What a check may look like: it fails by throwing, by rejecting, by `false`, and by taking too long. */
export type HealthCheckMethod = () => void | boolean | Promise<void | boolean>;

/**
 * Makes a method of a singleton tell how its object fares; it is called every `intervalMs` from the end of
 * `onApplicationBootstrap` until the application stops, never twice at once:
 *
 *     @HealthCheck()
 *     async ping(): Promise<void> { await this.pool.query('select 1'); }
 *
 * An application is found by others only while its checks say that it is ready.
 */
export function HealthCheck(options: HealthCheckOptions = {}) {
  return <M extends HealthCheckMethod>(
    target: object,
    method: string,
    _descriptor: TypedPropertyDescriptor<M>,
  ): void => {
    const own = Reflect.getOwnMetadata(key, target) as DeclaredHealthCheck[] | undefined;
    const { name, kind = 'readiness', intervalMs = 10_000, timeoutMs = 5_000 } = options;
    const isStatic = typeof target === 'function';
    const check = { ...(name === undefined ? {} : { name }), kind, intervalMs, timeoutMs, method, isStatic };
    if (own) own.push(check);
    else Reflect.defineMetadata(key, [check], target);
  };
}

/** The checks of a class and its parents; one that is declared again replaces the parent's. */
export function declaredHealthChecks(type: Class): readonly DeclaredHealthCheck[] {
  const checks = new Map<string, DeclaredHealthCheck>();
  const chain: object[] = [type];
  for (
    let each = type.prototype as object | null;
    each && each !== Object.prototype;
    each = Object.getPrototypeOf(each) as object | null
  ) {
    chain.splice(1, 0, each);
  }
  for (const each of chain) {
    const own = Reflect.getOwnMetadata(key, each) as DeclaredHealthCheck[] | undefined;
    for (const check of own ?? []) checks.set(`${check.isStatic} ${check.method}`, check);
  }
  return [...checks.values()];
}
