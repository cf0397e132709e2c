import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { relative } from 'node:path';
import { callHandler } from '../calls/call-handler.js';
import { listServices } from '../services/list-services.js';
import { reportError } from '../terminal/error-report.js';
import type { Keyboard } from '../terminal/keyboard.js';
import type { Terminal } from '../terminal/terminal.js';
import { commandArguments } from './app-arguments.js';
import type { DevLog } from './dev-log.js';
import type { DevSession } from './dev-session.js';

const help = [
  ['r', 'restart'],
  ['c', 'call a handler'],
  ['g', 'show the graph of modules'],
  ['s', 'list the services that are running'],
  ['q', 'quit'],
] as const;

/** What the keys do. One at a time: while something is asked or answered, the log waits. */
export class DevKeys {
  private busy = false;

  constructor(
    private readonly session: Pick<DevSession, 'apps' | 'restart'>,
    private readonly log: Pick<DevLog, 'say' | 'hold' | 'release'>,
    private readonly keyboard: Keyboard,
    private readonly terminal: Terminal,
    /** Called for `q`. */
    private readonly quit: () => void,
  ) {
    keyboard.onKey((key) => void this.pressed(key));
  }

  /** What is said once, at the beginning. */
  greet(): void {
    this.log.say(`keys: ${help.map(([key, what]) => `${key} ${what}`).join(', ')}, ? help`);
  }

  private async pressed(key: string): Promise<void> {
    if (this.busy) return;
    if (key === 'q') return this.quit();
    const work = this.workOf(key);
    if (!work) return;
    this.busy = true;
    this.log.hold();
    try {
      await work();
    } catch (error) {
      await reportError(error, this.terminal);
    } finally {
      this.busy = false;
      this.log.release();
    }
  }

  private workOf(key: string): (() => Promise<unknown>) | undefined {
    switch (key) {
      case 'r':
        return () => this.restart();
      case 'c':
        return () => this.call();
      case 'g':
        return () => this.graph();
      case 's':
        return () => listServices({}, this.terminal);
      case '?':
        return () => this.terminal.stdout.write(help.map(([key, what]) => `  ${key}  ${what}\n`).join(''));
    }
    return undefined;
  }

  private async restart(): Promise<void> {
    const { apps } = this.session;
    if (apps.length < 2) return this.session.restart();
    const names = apps.map(({ name }) => name);
    const name = await this.keyboard.ask(`restart which of ${names.join(', ')}? (all) `);
    if (name === undefined) return;
    if (name === '' || name === 'all') this.session.restart();
    else if (names.includes(name)) this.session.restart(name);
    else await this.terminal.stdout.write(`there is no ${name}\n`);
  }

  private async call(): Promise<void> {
    const line = await this.keyboard.ask('call service.handler json: ');
    if (!line) return;
    const [, target = '', message] = /^(\S+)(?:\s+(.+))?$/.exec(line) ?? [];
    await callHandler({ target, message: unquoted(message), wait: 500, command: 'skerry call' }, this.terminal);
  }

  /** In a process of its own: what this one imported would stay what it is now. */
  private async graph(): Promise<void> {
    for (const { name, directory, module } of this.session.apps) {
      const child = spawn(process.execPath, commandArguments('graph', relative(directory, module)), {
        cwd: directory,
        env: this.terminal.env,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
      await this.terminal.stdout.write(`${name}\n${out}${err}`);
    }
  }
}

/** As it is written for a shell. */
function unquoted(message: string | undefined): string | undefined {
  return /^'(.*)'$/s.exec(message ?? '')?.[1] ?? message;
}
