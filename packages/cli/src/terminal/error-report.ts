import type { FieldError, SkerryError } from '@skerry/core';
import { exitCodes } from '../exit-codes.js';
import { UsageError } from '../usage-error.js';
import { coloursFor } from './colours.js';
import { compactJson } from './json-text.js';
import { printable, printableLine } from './printable.js';
import { labelled } from './rows.js';
import type { Terminal } from './terminal.js';

export type Row = readonly [label: string, text: string];

export interface ReportOptions {
  /** One line of JSON, for programs. Default `false`. */
  readonly json?: boolean;
  /** What helps, below what is known about the error. Not part of the JSON. */
  readonly hints?: readonly Row[];
}

/** Tells the user, on standard error, what went wrong. Gives the exit code. */
export async function reportError(error: unknown, terminal: Terminal, options: ReportOptions = {}): Promise<number> {
  const { json = false, hints = [] } = options;
  const { stderr, env } = terminal;
  const told = await describe(error);
  if (json) {
    await stderr.write(`${compactJson(told.json)}\n`);
    return told.exitCode;
  }
  const { bold, red } = coloursFor(stderr, env);
  const head = [...(told.code ? [bold(red(told.code))] : []), printable(told.message)].join('  ');
  await stderr.write([head, ...labelled([...told.rows, ...hints]), ''].join('\n'));
  return told.exitCode;
}

/** The same for what a watch goes on after. */
export async function reportTrouble(error: unknown, terminal: Terminal, json: boolean): Promise<void> {
  await reportError(error, terminal, {
    json,
    hints: [['then', 'it is asked again until it answers; Ctrl-C gives up']],
  });
}

interface Description {
  readonly exitCode: number;
  readonly code?: string;
  readonly message: string;
  readonly rows: readonly Row[];
  readonly json: unknown;
}

async function describe(error: unknown): Promise<Description> {
  if (error instanceof UsageError) {
    const { code, message, fix } = error;
    const rows: Row[] = fix === undefined ? [] : [['fix', fix]];
    return { exitCode: exitCodes.usage, code, message, rows, json: { code, message, ...(fix ? { fix } : {}) } };
  }
  const { SkerryError } = await import('@skerry/core/registry');
  if (SkerryError.is(error)) return describeSkerryError(error);
  // Not meant to happen: whoever mends it needs the stack.
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { exitCode: exitCodes.failed, message, rows: [], json: { message } };
}

function describeSkerryError(error: SkerryError): Description {
  const { code, cause, traceId } = error;
  const fields = fieldsOf(error);
  const { service, node } = whereabouts(error);
  const rows: Row[] = fields.flatMap(({ path, messages }) =>
    messages.map((message): Row => [printableLine(path) || '(message)', printableLine(message)]),
  );
  if (service) rows.push(['service', printableLine(service)]);
  if (node) rows.push(['node', printableLine(node)]);
  if (traceId) rows.push(['trace', printableLine(traceId)]);
  // What a file threw while it was imported is only understood by the line that threw it.
  // What cannot be compiled says all in its message.
  const thrown = cause instanceof Error && cause.name !== 'CompileError';
  if (code === 'SKERRY_APP_LOAD_FAILED' && thrown) rows.push(['cause', printable(ownFrames(cause))]);
  const message = withoutFields(error.message, fields);
  // A report of a graph gives the codes of its problems, which say more.
  const head = code === 'SKERRY_GRAPH_INVALID' ? {} : { code };
  return { exitCode: exitCodes.failed, ...head, message, rows, json: error };
}

/** The wrong fields of a message, whoever found them: a service in another language may have. */
function fieldsOf({ code, details }: SkerryError): readonly FieldError[] {
  if (code !== 'SKERRY_VALIDATION_FAILED' || !Array.isArray(details['fields'])) return [];
  return (details['fields'] as unknown[]).filter(isFieldError);
}

function isFieldError(value: unknown): value is FieldError {
  const { path, messages } = (value ?? {}) as Partial<FieldError>;
  return typeof path === 'string' && Array.isArray(messages) && messages.every((each) => typeof each === 'string');
}

/** The message repeats what each field gets a row for. */
function withoutFields(message: string, fields: readonly FieldError[]): string {
  const list = `: ${fields.flatMap(({ messages }) => messages).join('; ')}`;
  return fields.length > 0 && message.endsWith(list) ? `${message.slice(0, -list.length)}.` : message;
}

/** The stack down to where Node began to import the file. */
function ownFrames({ stack = '', message }: Error): string {
  const lines = stack.split('\n');
  const end = lines.findIndex((line) => /^\s+at .*node:internal/.test(line));
  return lines.slice(0, end < 0 ? undefined : end).join('\n') || message;
}

/** Where it was raised; for what failed on this side of the wire, whom it was meant for. */
function whereabouts({ origin, details }: SkerryError): { service?: string | undefined; node?: string | undefined } {
  return origin ?? { service: textOf(details['service']), node: textOf(details['node']) };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
