import { createRequire } from 'node:module';
import { inspect } from 'node:util';
import type * as Winston from 'winston';
import { LogSink, type LogEntry } from './logger.js';

const require = createRequire(import.meta.url);

const colours: Readonly<Record<LogEntry['level'], number>> = { debug: 90, info: 36, warn: 33, error: 31 };

export interface WinstonSinkOptions {
  /** `pretty` for people, `json` for machines (one object a line). Default: pretty on a terminal. */
  readonly format?: 'pretty' | 'json';
  /** Only for `pretty`. Default: on a terminal, unless `NO_COLOR` is set. */
  readonly colour?: boolean;
  readonly stream?: NodeJS.WritableStream & { isTTY?: boolean };
}

/**
 * Writes log lines through winston, to standard output. Winston is loaded with the first line. When whoever reads them has gone,
 * as with `| head`, that is said once on standard error, and lines are dropped from then on: nobody's call fails for it.
 */
export class WinstonSink extends LogSink {
  private logger?: Winston.Logger;
  /** Nobody reads any more. */
  private lost = false;
  private closed?: () => void;

  constructor(private readonly options: WinstonSinkOptions = {}) {
    super();
  }

  override write(entry: LogEntry): void {
    if (this.lost) return;
    this.logger ??= this.open();
    this.logger.log({ level: entry.level, message: entry.message, fields: entry.fields });
  }

  override close(): Promise<void> {
    const { logger } = this;
    if (!logger) return Promise.resolve();
    return new Promise<void>((resolve) => {
      this.closed = resolve;
      if (this.lost) resolve();
      logger.on('finish', resolve);
      logger.end();
    }).finally(() => {
      // What the last line has met is told in the next turn.
      process.nextTick(() => this.stream.removeListener('error', this.lose));
    });
  }

  private get stream(): NodeJS.WritableStream & { isTTY?: boolean } {
    return this.options.stream ?? process.stdout;
  }

  private readonly lose = ({ message }: Error): void => {
    if (this.lost) return;
    this.lost = true;
    // Which may have no reader either.
    process.stderr.once('error', () => undefined);
    process.stderr.write(`log lines are dropped from here on, they cannot be written: ${message}\n`);
    this.closed?.();
  };

  private open(): Winston.Logger {
    const winston = require('winston') as typeof Winston;
    const { stream } = this;
    stream.on('error', this.lose);
    const tty = stream.isTTY === true;
    const pretty = (this.options.format ?? (tty ? 'pretty' : 'json')) === 'pretty';
    const colour = this.options.colour ?? (tty && !process.env['NO_COLOR']);
    const { combine, timestamp, printf } = winston.format;
    return winston.createLogger({
      levels: { error: 0, warn: 1, info: 2, debug: 3 },
      level: 'debug',
      format: combine(
        timestamp(),
        printf((info) => (pretty ? prettyLine(info, colour) : jsonLine(info))),
      ),
      transports: [new winston.transports.Stream({ stream })],
    });
  }
}

function jsonLine(info: Winston.Logform.TransformableInfo): string {
  const { level, message, timestamp } = info;
  return json({ timestamp, level, message, ...(info['fields'] as object) });
}

function prettyLine(info: Winston.Logform.TransformableInfo, colour: boolean): string {
  const level = info.level as LogEntry['level'];
  const { error, ...fields } = info['fields'] as Record<string, unknown>;
  const time = String(info['timestamp']).slice(11, 23);
  const tag = colour ? `\u001b[${colours[level]}m${level.padEnd(5)}\u001b[0m` : level.padEnd(5);
  const rest = Object.entries(fields).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : json(value)}`,
  );
  const details = rest.length === 0 ? '' : colour ? `  \u001b[90m${rest.join(' ')}\u001b[0m` : `  ${rest.join(' ')}`;
  const trouble =
    error === undefined ? '' : `\n${indented(error instanceof Error ? (error.stack ?? error.message) : json(error))}`;
  return `${time} ${tag} ${String(info.message)}${details}${trouble}`;
}

function indented(text: string): string {
  return text.replace(/^/gm, '    ');
}

/** For JSON.stringify: errors whole, with stack and cause, which their own toJSON rightly hides from everyone else. */
function plain(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const raw = this[key];
  if (typeof raw === 'bigint') return raw.toString();
  if (!(raw instanceof Error)) return value;
  const { name, message, stack, cause } = raw;
  return { name, message, stack, ...(cause === undefined ? {} : { cause }) };
}

/** A log line must not fail for what is in it, such as a circle. */
function json(value: unknown): string {
  try {
    return JSON.stringify(value, plain);
  } catch {
    return JSON.stringify(inspect(value, { depth: 4, breakLength: Infinity }));
  }
}
