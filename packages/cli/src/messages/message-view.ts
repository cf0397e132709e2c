import type { BrokerMessage, Codecs } from '@skerry/core';
import { coloursFor } from '../terminal/colours.js';
import { compactJson, prettyJson } from '../terminal/json-text.js';
import { printableLine } from '../terminal/printable.js';
import type { Terminal } from '../terminal/terminal.js';
import { timeOfDay } from './ages.js';

/** A message as it is shown: what of it is worth reading, and its content as a value. */
export interface MessageView {
  readonly topic: string;
  readonly id: string;
  readonly key?: string;
  /** Those that its publisher wrote. */
  readonly headers?: Readonly<Record<string, string>>;
  /** By the publisher's clock, as ISO 8601 writes it. */
  readonly publishedAt: string;
  /** Absent where the content cannot be read. */
  readonly message?: unknown;
  /** The content that is in no format of this application. */
  readonly unreadable?: { readonly contentType: string; readonly base64: string };
}

export function viewOf(message: BrokerMessage, codecs: Codecs): MessageView {
  const { topic, id, key, publishedAt } = message;
  const headers = Object.entries(message.headers).filter(([name]) => !name.startsWith(':'));
  return {
    ...{ topic, id },
    ...(key === undefined ? {} : { key }),
    ...(headers.length > 0 ? { headers: Object.fromEntries(headers) } : {}),
    publishedAt: new Date(publishedAt).toISOString(),
    ...content(message, codecs),
  };
}

function content({ contentType, body }: BrokerMessage, codecs: Codecs): Pick<MessageView, 'message' | 'unreadable'> {
  try {
    const codec = codecs.forContentType(contentType);
    if (codec) return { message: codec.decode(body) };
  } catch {
    // Shown as it is: who looks at messages also looks for those that are broken.
  }
  return { unreadable: { contentType, base64: Buffer.from(body).toString('base64') } };
}

/** What the message says, in full: for people coloured, and indented where it is long. */
export function contentText(view: MessageView, { stdout, env }: Terminal): string {
  if (!view.unreadable) return prettyJson(view.message, coloursFor(stdout, env), stdout.columns - 2);
  const { contentType, base64 } = view.unreadable;
  return `${printableLine(contentType)}, not readable here, in base64: ${base64}`;
}

/** Prints a message as it comes: one line of JSON for programs, a head and its content for people. */
export async function printMessage(view: MessageView, forPeople: boolean, terminal: Terminal): Promise<void> {
  const { stdout, env } = terminal;
  if (!forPeople) return stdout.write(`${compactJson(view)}\n`);
  const { bold, cyan, dim } = coloursFor(stdout, env);
  const { topic, key, headers = {}, publishedAt } = view;
  const traits = [
    ...(key === undefined ? [] : [`${dim('key')} ${cyan(printableLine(key))}`]),
    ...Object.entries(headers).map(([name, value]) => `${dim(`${printableLine(name)}:`)} ${printableLine(value)}`),
  ];
  const head = [dim(timeOfDay(Date.parse(publishedAt))), bold(printableLine(topic)), ...traits].join('  ');
  await stdout.write(`${head}\n${indented(contentText(view, terminal))}\n`);
}

export function indented(text: string): string {
  return text.replace(/^/gm, '  ');
}
