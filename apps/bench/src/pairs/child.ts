import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { complaintIn, watch } from '../processes.js';
import type { Reply } from './obey.js';

// Of what it printed, for a failure.
const lastWordsLength = 2_000;
const endTimeoutMs = 3_000;

/** A process of ours that does what it is told; see `obey`. */
export class Child {
  private lastWords = '';
  private readonly exited: Promise<unknown>;

  private constructor(
    private readonly name: string,
    private readonly process: ChildProcess,
    clearsUp: boolean,
  ) {
    if (!clearsUp) watch(process);
    // Not `close`: it never comes when it is us who disconnected.
    this.exited = Promise.allSettled([once(process, 'exit'), once(process.stderr!, 'close')]);
    process.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.lastWords = (this.lastWords + text).slice(-lastWordsLength);
    });
  }

  /**
   * Resolves with the process and what it said when it was ready. Rejects when it cannot start, or not in time.
   *
   * @param name    For messages.
   * @param options `clearsUp`: when this process is killed, it is left to end by itself, since it has something to put away.
   */
  static async start(
    name: string,
    script: string,
    args: readonly string[],
    options: { env?: Readonly<Record<string, string>>; timeoutMs?: number; clearsUp?: boolean } = {},
  ): Promise<{ child: Child; said: unknown }> {
    const { env = {}, timeoutMs = 30_000, clearsUp = false } = options;
    const child = new Child(
      name,
      fork(script, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] }),
      clearsUp,
    );
    try {
      return { child, said: await child.reply('to be ready', timeoutMs) };
    } catch (error) {
      await child.end();
      throw error;
    }
  }

  /** One order at a time. Rejects with what went wrong in the process, when it ends, or after `timeoutMs`. */
  async ask<O extends { readonly do: string }>(order: O, timeoutMs = 30_000): Promise<unknown> {
    const reply = this.reply(`to ${order.do}`, timeoutMs);
    if (this.process.connected) this.process.send(order);
    return reply;
  }

  /** Resolves when it is gone; kills it when it does not go by itself. Harmless twice. */
  async end(): Promise<void> {
    if (this.process.connected) this.process.disconnect();
    const late = setTimeout(() => this.process.kill('SIGKILL'), endTimeoutMs);
    await this.exited;
    clearTimeout(late);
  }

  private reply(what: string, timeoutMs: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const settle = (outcome: () => void): void => {
        clearTimeout(timer);
        this.process.off('message', take);
        outcome();
      };
      const take = (reply: Reply): void =>
        settle(() => ('failed' in reply ? reject(new Error(reply.failed)) : resolve(reply.result)));
      const gone = (): void => settle(() => reject(new Error(this.ended())));
      const timer = setTimeout(
        () => settle(() => reject(new Error(`${this.name} took more than ${timeoutMs} ms ${what}`))),
        timeoutMs,
      );
      this.process.once('message', take);
      void this.exited.then(gone);
    });
  }

  private ended(): string {
    const { exitCode, signalCode } = this.process;
    const said = complaintIn(this.lastWords);
    return `${this.name} ended (${signalCode ?? `exit code ${exitCode}`})${said ? `: ${said}` : ''}`;
  }
}
