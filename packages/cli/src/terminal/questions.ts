import { coloursFor } from './colours.js';
import type { Terminal } from './terminal.js';

/** Asks the user at the terminal, one question after the other. */
export class Questions {
  private answers: AsyncIterator<string, void> | undefined;

  constructor(private readonly terminal: Terminal) {}

  /**
   * Rejects when the terminal's signal is aborted, as its reader does.
   *
   * @param otherwise What an empty answer means, and the end of the input.
   */
  async ask(question: string, otherwise: string): Promise<string> {
    const { stderr, env } = this.terminal;
    await stderr.write(`${question} ${coloursFor(stderr, env).dim(`(${otherwise})`)} `);
    this.answers ??= this.terminal.readLines()[Symbol.asyncIterator]();
    const next = await this.answers.next();
    return (next.done ? '' : next.value.trim()) || otherwise;
  }

  /** Asks the same until the answer is one of them; an empty one is a yes. */
  async yes(question: string): Promise<boolean> {
    for (;;) {
      const answer = await this.ask(question, 'Y/n');
      if (/^(y\/n|y|yes)$/i.test(answer)) return true;
      if (/^no?$/i.test(answer)) return false;
    }
  }

  /** Lets go of standard input. */
  async close(): Promise<void> {
    await this.answers?.return?.();
  }
}
