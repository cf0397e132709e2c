import { UsageError } from '../usage-error.js';

/** Reads a message as a user wrote it. @param command For the error: `skerry call`. */
export function parseMessage(text: string, command: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const reason = (error as Error).message;
    throw new UsageError(`${command}: the message is not JSON: ${reason}. In a shell, put it between single quotes.`);
  }
}

/** The messages of a stream, one in each line; empty lines are none. They are read when they are asked for. */
export class MessageLines implements AsyncIterable<unknown> {
  /** The line that was no message, and ended the stream. */
  failure: UsageError | undefined;

  /**
   * @param command For the error: `skerry call`.
   * @param name    Of where they come from, for the error as well.
   */
  constructor(
    private readonly lines: AsyncIterable<string>,
    private readonly command: string,
    private readonly name = 'standard input',
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown> {
    let number = 0;
    for await (const line of this.lines) {
      number++;
      if (line.trim() !== '') yield this.parsed(line, number);
    }
  }

  private parsed(line: string, number: number): unknown {
    try {
      return JSON.parse(line) as unknown;
    } catch (error) {
      this.failure = new UsageError(
        `${this.command}: line ${number} of ${this.name} is not JSON: ${(error as Error).message}.`,
        `write each message in one line; jq -c does that: jq -c .[] messages.json | ${this.command} ... -`,
      );
      throw this.failure;
    }
  }
}
