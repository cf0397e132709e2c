import { RetryBudget, type RetryBudgetOptions } from '../client/retry-budget.js';
import { resolveHealthOptions, type HealthOptions } from '../debug/health-options.js';
import { logLevels, type LogLevel } from '../debug/logger.js';
import { SkerryError } from '../errors/skerry-error.js';
import { resolveHttpOptions, type HttpOptions } from '../http/http-options.js';
import type { Overrides } from '../module/scan.js';
import type { Seams } from '../module/seams.js';
import { resolveRegistryOptions, type RegistryOptions } from '../registry/registry-options.js';
import type { KeepAlive } from '../rpc/keep-alive.js';
import type { CallObserver } from '../server/call-observer.js';
import { resolveTlsOptions, type ResolvedTlsOptions, type TlsOptions } from '../transport/tls/tls-options.js';
import type { AppEventListener } from './events.js';

export interface ApplicationOptions {
  /** Where services take calls. Default: `SKERRY_LISTEN`, or a free port of the loopback interface (`tcp://127.0.0.1:0`). */
  readonly listen?: string;
  /** Where others reach what {@link listen} names, if that differs. Default: `SKERRY_ADVERTISE`, or where it really listens. */
  readonly advertise?: string;
  /** Where this runs, as callers that prefer their own zone need to know it. Default: `SKERRY_ZONE`, or none. */
  readonly zone?: string;
  /** This process's share of the traffic relative to its siblings, 1 to 100. Default 100. */
  readonly weight?: number;
  /** Added to the metadata of all its services, for callers that choose by it: plain strings, no secrets. Default: none. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Default: `SKERRY_LOG_LEVEL`, or `info`. */
  readonly logLevel?: LogLevel;
  /** How its services stay registered, and how the nodes of others are learned. */
  readonly registry?: RegistryOptions;
  /** How `@HealthCheck` methods are judged. */
  readonly health?: HealthOptions;
  /** Certificates, and who is trusted, for addresses `tls://`. What is left out is read from `SKERRY_TLS_*`. */
  readonly tls?: TlsOptions;
  /** How many connections a listener holds at once, of all protocols together. Default 10,000. */
  readonly maxConnections?: number;
  /** Who may connect to a unix socket that is listened on, as the mode of its file. Default `0o600`. */
  readonly unixSocketMode?: number;
  /** Largest message that is sent or taken, in bytes; what peers take counts too. Default 4 MiB. */
  readonly maxMessageBytes?: number;
  /** What trying calls again may add to the load of a service. Default: 20 % of its calls, and 10 a second in any case. */
  readonly retryBudget?: RetryBudgetOptions;
  /** When a silent peer of the services called is asked for a sign of life. Default: see {@link KeepAlive}. */
  readonly keepAlive?: Partial<KeepAlive>;
  /** How services are called by HTTP, on the same port. */
  readonly http?: HttpOptions;
  /** How long one lifecycle hook may take, in ms. Default 10,000. */
  readonly hookTimeoutMs?: number;
  /** How long others get to learn that this node is leaving, before it refuses calls, in ms. Default 200. */
  readonly drainDelayMs?: number;
  /** How long running calls may take to finish when the application stops, in ms. Default 10,000. */
  readonly drainTimeoutMs?: number;
  /** Told everything that happens. Default: only the log is. */
  readonly onEvent?: AppEventListener;
  /** Where `SKERRY_*` is read from. Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /**
   * Creates the engines, such as registry and broker, and what they need, and nothing else of the application: no services, no
   * subscriptions, and hooks only of what is created; it waits for no health check. For tools that talk to others as the
   * application would. Default `false`.
   */
  readonly enginesOnly?: boolean;
  /** What is provided instead, by token key. For tests: see `@skerry/testing`. */
  readonly overrides?: Overrides;
  /** What else tests change in the graph. Default: nothing. */
  readonly seams?: Seams;
  /** Told when a call or a message begins to be handled, and when that is over. Default: nobody, which costs nothing. */
  readonly observer?: CallObserver;
}

export interface ResolvedOptions extends ApplicationOptions {
  /** The variable that {@link advertise} was read from. */
  readonly advertiseFrom?: string;
  readonly listen: string;
  readonly weight: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly logLevel: LogLevel;
  readonly tls: ResolvedTlsOptions;
  readonly maxConnections: number;
  readonly unixSocketMode: number;
  readonly maxMessageBytes: number;
  readonly hookTimeoutMs: number;
  readonly drainDelayMs: number;
  readonly drainTimeoutMs: number;
}

/** Fills in what was left out. Throws `SKERRY_OPTION_INVALID`, or `SKERRY_TLS_CONFIG_INVALID`, for what is not allowed. */
export function resolveOptions(options: ApplicationOptions): ResolvedOptions {
  const env = options.env ?? process.env;
  const advertise = options.advertise ?? env['SKERRY_ADVERTISE'];
  const logLevel = options.logLevel ?? env['SKERRY_LOG_LEVEL'] ?? 'info';
  if (!isLogLevel(logLevel)) {
    throw invalid(`the log level is '${logLevel}'; it can be ${logLevels.join(', ')}`);
  }
  const { maxMessageBytes = 4 * 1024 * 1024 } = options;
  if (!(Number.isInteger(maxMessageBytes) && maxMessageBytes > 0 && maxMessageBytes < 2 ** 31)) {
    throw invalid(`maxMessageBytes is ${maxMessageBytes}; give bytes, from 1 to 2^31 - 1`);
  }
  const { maxConnections = 10_000, unixSocketMode = 0o600 } = options;
  if (!(Number.isInteger(maxConnections) && maxConnections > 0)) {
    throw invalid(`maxConnections is ${maxConnections}; give a whole number, 1 or more`);
  }
  if (!(Number.isInteger(unixSocketMode) && unixSocketMode >= 0 && unixSocketMode <= 0o777)) {
    throw invalid(`unixSocketMode is ${unixSocketMode}; give the bits of a file's mode, such as 0o660`);
  }
  const { weight = 100, metadata = {} } = options;
  if (!(weight >= 1 && weight <= 100)) throw invalid(`weight is ${weight}; give a number from 1 to 100`);
  const zone = options.zone ?? (env['SKERRY_ZONE'] || undefined);
  if (zone === '') throw invalid('the zone is empty; give its name, or leave it out');
  if (advertise !== undefined && !/^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(advertise)) {
    throw invalid(`the address to advertise is '${advertise}'; write it with its transport: tcp://10.0.0.7:4101`);
  }
  for (const [name, value] of Object.entries(options.keepAlive ?? {})) {
    if (!(value > 0 && value < 2 ** 31)) throw invalid(`keepAlive.${name} is ${value}; give milliseconds, more than 0`);
  }
  // Each says itself what is wrong with it.
  resolveRegistryOptions(options.registry ?? {});
  resolveHealthOptions(options.health);
  resolveHttpOptions(options.http);
  new RetryBudget(options.retryBudget);
  const { hookTimeoutMs = 10_000, drainDelayMs = 200, drainTimeoutMs = 10_000 } = options;
  for (const [name, value] of Object.entries({ hookTimeoutMs, drainDelayMs, drainTimeoutMs })) {
    if (!(typeof value === 'number' && value >= 0 && value < 2 ** 31)) {
      throw invalid(`${name} is ${String(value)}; give milliseconds, 0 or more`);
    }
  }
  return {
    ...options,
    listen: options.listen ?? (env['SKERRY_LISTEN'] || 'tcp://127.0.0.1:0'),
    ...(options.advertise || !advertise ? {} : { advertise, advertiseFrom: 'SKERRY_ADVERTISE' }),
    ...(zone ? { zone } : {}),
    weight,
    metadata,
    logLevel,
    tls: resolveTlsOptions(options.tls, env),
    maxConnections,
    unixSocketMode,
    maxMessageBytes,
    hookTimeoutMs,
    drainDelayMs,
    drainTimeoutMs,
  };
}

function isLogLevel(value: string): value is LogLevel {
  return (logLevels as readonly string[]).includes(value);
}

function invalid(message: string): SkerryError {
  return new SkerryError('SKERRY_OPTION_INVALID', `The application cannot be configured so: ${message}.`);
}
