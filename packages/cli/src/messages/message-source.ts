import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { linesOf } from '../terminal/lines.js';
import type { Terminal } from '../terminal/terminal.js';
import { UsageError } from '../usage-error.js';
import { MessageLines, parseMessage } from './message-input.js';

/** Where the messages of a command come from: its command line, standard input, a file, or nowhere. */
export class MessageSource {
  private constructor(
    /** For errors: `skerry call`. */
    private readonly command: string,
    /** `-` for standard input. */
    private readonly file: string | undefined,
    private readonly written: { readonly message: unknown } | undefined,
  ) {}

  /**
   * Throws a `UsageError` for what is no message, before anything is done.
   *
   * @param text As it is written behind the command: JSON, `-`, or `@file`.
   * @param from What `--from` says.
   */
  static of(text: string | undefined, from: string | undefined, command: string): MessageSource {
    if (text !== undefined && from !== undefined) {
      throw new UsageError(`${command}: a message is given, and --from as well.`, 'leave one of them out');
    }
    const file = from ?? (text === '-' ? text : text?.startsWith('@') ? text.slice(1) : undefined);
    if (file !== undefined) return new MessageSource(command, file, undefined);
    return new MessageSource(
      command,
      undefined,
      text === undefined ? undefined : { message: parseMessage(text, command) },
    );
  }

  /** There is none. */
  get empty(): boolean {
    return this.file === undefined && this.written === undefined;
  }

  /** Their number is open: they are sent as they come. */
  get endless(): boolean {
    return this.file === '-';
  }

  /** All messages: one, which may take several lines, or one in each line. Empty where there is none. */
  async all(terminal: Terminal): Promise<readonly unknown[]> {
    const { file, written, command } = this;
    if (file === undefined) return written ? [written.message] : [];
    const text = file === '-' ? await terminal.readStdin() : await this.read(file, terminal);
    const [first, second] = text.split('\n').filter((line) => line.trim() !== '');
    if (second === undefined || !isJson(first!)) return [parseMessage(text, command)];
    if (isJson(text)) return [parseMessage(text, command)];
    const messages: unknown[] = [];
    for await (const message of new MessageLines(linesOf(pieces(text)), command, this.name)) messages.push(message);
    return messages;
  }

  /** One message for each line, read when it is asked for. */
  async lines(terminal: Terminal): Promise<MessageLines> {
    const { file, written, command, name } = this;
    if (file === '-') return new MessageLines(terminal.readLines(), command, name);
    const text = file === undefined ? pieces(JSON.stringify(written?.message)) : await this.open(file, terminal);
    return new MessageLines(linesOf(text), command, name);
  }

  private get name(): string {
    return this.file === undefined || this.file === '-' ? 'standard input' : this.file;
  }

  private async read(file: string, terminal: Terminal): Promise<string> {
    let text = '';
    for await (const piece of await this.open(file, terminal)) text += piece;
    return text;
  }

  private async open(file: string, { cwd, signal }: Terminal): Promise<AsyncIterable<string>> {
    try {
      const handle = await open(resolve(cwd, file));
      if ((await handle.stat()).isDirectory()) throw await handle.close().then(() => new Error('it is a directory'));
      return handle.createReadStream({ encoding: 'utf8', signal }) as AsyncIterable<string>;
    } catch (error) {
      throw new UsageError(
        `${this.command}: cannot read ${file}: ${(error as Error).message}.`,
        'name a file with one message, or one in each line',
      );
    }
  }
}

async function* pieces(text: string): AsyncGenerator<string> {
  yield text;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
