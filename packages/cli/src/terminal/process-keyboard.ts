import { createInterface, type Interface } from 'node:readline';
import type { ReadStream } from 'node:tty';
import type { Keyboard } from './keyboard.js';

const ctrlC = '\u0003';

/** The keyboard of the terminal that this process was started at. */
export class ProcessKeyboard implements Keyboard {
  private listener: (key: string) => void = () => undefined;
  private asking: Interface | undefined;
  private closed = false;
  /** What was asked before, newest first, for the arrow keys. */
  private history: string[] = [];

  /** @param interrupt What Ctrl-C does. */
  constructor(
    private readonly input: ReadStream,
    private readonly output: NodeJS.WritableStream,
    private readonly interrupt: () => void,
  ) {
    this.listen();
  }

  onKey(listener: (key: string) => void): void {
    this.listener = listener;
  }

  ask(question: string): Promise<string | undefined> {
    if (this.closed) return Promise.resolve(undefined);
    this.input.off('data', this.pressed);
    const { input, output, history } = this;
    const asking = createInterface({ input, output, terminal: true, history });
    this.asking = asking;
    asking.on('history', (lines) => (this.history = lines));
    return new Promise((resolve) => {
      let answer: string | undefined;
      asking.once('SIGINT', () => asking.close());
      asking.once('close', () => {
        this.asking = undefined;
        if (answer === undefined) output.write('\n');
        if (!this.closed) this.listen();
        resolve(answer?.trim());
      });
      asking.question(question, (line) => {
        answer = line;
        asking.close();
      });
    });
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.asking?.close();
    this.input.off('data', this.pressed);
    this.input.setRawMode(false).pause();
  }

  /** A line ends what is asked, and with it what readline has set. */
  private listen(): void {
    this.input.setRawMode(true).setEncoding('utf8').on('data', this.pressed).resume();
  }

  private readonly pressed = (data: Buffer | string): void => {
    const keys = String(data);
    // An arrow, or the like: its letters are no keys.
    if (keys.startsWith('\u001b')) return;
    for (const key of keys) {
      if (key === ctrlC) this.interrupt();
      else this.listener(key);
    }
  };
}
