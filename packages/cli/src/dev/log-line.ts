import { stripVTControlCharacters } from 'node:util';
import type { Colours } from '../terminal/colours.js';
import { compactJson } from '../terminal/json-text.js';

/** A line of Skerry's own log: JSON, because it is piped. */
export interface LogRecord {
  readonly timestamp: string;
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

export function parseLogRecord(line: string): LogRecord | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const { timestamp, level, message } = JSON.parse(line) as Partial<LogRecord>;
    const known = typeof timestamp === 'string' && typeof level === 'string' && typeof message === 'string';
    return known ? (JSON.parse(line) as LogRecord) : undefined;
  } catch {
    return undefined;
  }
}

// The steps of an orderly end, of which a restart has one each time.
const usual = /^stopping: (before-hooks|deregister|wait|subscriptions|hooks|close|drain, \d+ finished, 0 cut off)$/;

/** The lines that people read in its place: more than one where an error has a stack, and none for what goes without saying. */
export function readableLines(line: string, colours: Colours): string[] {
  const record = parseLogRecord(line);
  if (!record) return [colours.isColorSupported ? line : stripVTControlCharacters(line)];
  const { timestamp, level, message, error, ...fields } = record;
  if (level === 'info' && usual.test(message)) return [];
  const rest = Object.entries(fields).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : compactJson(value)}`,
  );
  const details = rest.length > 0 ? `  ${colours.dim(rest.join(' '))}` : '';
  const [first = '', ...others] = message.split('\n');
  const time = colours.dim(timestamp.slice(11, 23));
  return [
    `${time} ${colourOf(level, colours)(level.padEnd(5))} ${first}${others.length > 0 ? '' : details}`,
    ...others,
    ...(error === undefined
      ? []
      : errorText(error)
          .split('\n')
          .map((each) => `    ${each}`)),
  ];
}

function colourOf(level: string, { cyan, gray, red, yellow }: Colours): (text: string) => string {
  return { error: red, warn: yellow, info: cyan }[level] ?? gray;
}

function errorText(error: unknown): string {
  const { stack, message } = (error ?? {}) as { stack?: unknown; message?: unknown };
  if (typeof stack === 'string') return stack;
  return typeof message === 'string' ? message : compactJson(error);
}
