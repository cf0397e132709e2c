import type { Keyboard } from './keyboard.js';

/** What a command sees of the world: the process that it runs as, or a test. */
export interface Terminal {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The working directory, absolute. */
  readonly cwd: string;
  /**
   * Aborted, with an {@link Interruption} as its reason, when the user wants the command to stop. Who reads it takes over:
   * until then Ctrl-C ends the process on the spot.
   */
  readonly signal: AbortSignal;
  /** Somebody sits there who can be asked, and sees the question. */
  readonly interactive: boolean;
  /** What a line is edited with, where {@link interactive}: the keys as they are pressed, and where they are shown. */
  readonly editing?: { readonly input: NodeJS.ReadableStream; readonly output: NodeJS.WritableStream };
  /** All of standard input, as text. Rejects when {@link signal} is aborted meanwhile. */
  readStdin(): Promise<string>;
  /** Takes the keys, one by one, from now on; `undefined` where nobody sits. Whoever opens it closes it. */
  openKeyboard(): Keyboard | undefined;
  /** Standard input line by line, no faster than it is taken. Throws when {@link signal} is aborted meanwhile. */
  readLines(): AsyncIterable<string>;
}

/** Where a command prints. */
export interface Output {
  /** Somebody reads along: colours, and a layout for people. */
  readonly isTTY: boolean;
  /** Width in characters. */
  readonly columns: number;
  /** Resolves once the text is taken, so that who writes much is held up by a slow reader. Never rejects. */
  write(text: string): Promise<void>;
}

/** Why a command was stopped before its end. */
export class Interruption extends Error {
  constructor(
    /** `SIGINT`. */
    why: string,
    readonly exitCode: number,
  ) {
    super(`stopped by ${why}`);
  }
}

/** The exit code of a command that stopped because its terminal asked it to. */
export function interruptedBy(signal: AbortSignal): number {
  return signal.reason instanceof Interruption ? signal.reason.exitCode : 1;
}
