/** Single keys, for a command that goes on while it is told things. */
export interface Keyboard {
  /** Calls back with each key: `r`, `?`. Ctrl-C is none: it interrupts. Not while a question is asked. */
  onKey(listener: (key: string) => void): void;
  /** A line that the user writes, trimmed; `undefined` when it was given up, by Ctrl-C or Ctrl-D. */
  ask(question: string): Promise<string | undefined>;
  /** Gives the terminal back. Harmless twice; an open question is given up. */
  close(): void;
}
