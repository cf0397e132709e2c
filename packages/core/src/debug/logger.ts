import { Context } from '../context/context.js';

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;

/** From talkative to mute: a level shows itself and what is right of it. */
export type LogLevel = (typeof logLevels)[number];

export interface LogEntry {
  readonly level: Exclude<LogLevel, 'silent'>;
  readonly message: string;
  /** What a program would want to find again: plain data. An `error` field may hold an Error. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Where log lines go. Provide another to send them elsewhere; the class is the injection token. */
export abstract class LogSink {
  /** Called in order, never for a disabled level. Must not throw, must not block. */
  abstract write(entry: LogEntry): void;
  /** Resolves when everything written has left. Nothing is written afterwards. */
  abstract close(): Promise<void>;
}

/**
 * The application's log. Inject it, or make a narrower one by {@link child}. Lines written inside of a call carry its
 * `traceId`. A disabled level costs one comparison.
 */
export class Logger {
  private readonly threshold: number;

  constructor(
    private readonly sink: LogSink,
    readonly level: LogLevel = 'info',
    private readonly fields: Readonly<Record<string, unknown>> = {},
  ) {
    this.threshold = logLevels.indexOf(level);
  }

  /** A logger whose every line carries these fields too. */
  child(fields: Readonly<Record<string, unknown>>): Logger {
    return new Logger(this.sink, this.level, { ...this.fields, ...fields });
  }

  debug(message: string, fields?: Readonly<Record<string, unknown>>): void {
    if (this.threshold <= 0) this.write('debug', message, fields);
  }

  info(message: string, fields?: Readonly<Record<string, unknown>>): void {
    if (this.threshold <= 1) this.write('info', message, fields);
  }

  warn(message: string, fields?: Readonly<Record<string, unknown>>): void {
    if (this.threshold <= 2) this.write('warn', message, fields);
  }

  error(message: string, fields?: Readonly<Record<string, unknown>>): void {
    if (this.threshold <= 3) this.write('error', message, fields);
  }

  private write(level: LogEntry['level'], message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    const traceId = Context.current()?.traceId;
    this.sink.write({ level, message, fields: { ...this.fields, ...(traceId ? { traceId } : {}), ...fields } });
  }
}
