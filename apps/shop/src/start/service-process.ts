import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { paint, say, type Style } from './terminal.js';

export interface ServiceProcessOptions {
  /** Its folder, and the service it serves. */
  readonly name: string;
  readonly style: Style;
  /** Told when it ended by itself: it could not start, or failed. One that was killed is started again instead. */
  readonly ended: (code: number | null) => void;
}

/** The process of one service, with what it logs shown in its colour. */
export class ServiceProcess {
  private child?: ChildProcess;
  private stopping = false;
  private gone: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: ServiceProcessOptions) {}

  get name(): string {
    return this.options.name;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Resolves when it serves, or is gone. */
  start(): Promise<void> {
    const main = fileURLToPath(new URL(`../../apps/${this.name}/dist/main.js`, import.meta.url));
    const child = spawn(process.execPath, [main], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    this.gone = once(child, 'close');
    child.once('exit', (code, signal) => {
      if (this.stopping) return;
      if (signal === null) return this.options.ended(code);
      this.tell(paint('red', `was ended by ${signal}; it is started again`));
      void this.start();
    });
    return new Promise((resolve) => {
      child.once('exit', () => resolve());
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on('line', (line) => {
          this.show(line);
          if (line.includes('is serving')) resolve();
        });
      }
    });
  }

  /** As SIGTERM does: what runs is finished. Resolves when it is gone. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.child?.kill('SIGTERM');
    await this.gone;
  }

  /** A line of its log, which is JSON because it is piped: what belongs to an order stands out. */
  private show(line: string): void {
    let entry: { level?: unknown; message?: unknown; orderId?: unknown };
    try {
      entry = JSON.parse(line) as typeof entry;
    } catch {
      return this.tell(line);
    }
    const message = String(entry.message);
    if (entry.level === 'warn' || entry.level === 'error') this.tell(paint('red', message));
    else if (typeof entry.orderId === 'string') this.tell(`${message} ${paint('dim', `(${entry.orderId})`)}`);
    else this.tell(paint('dim', message));
  }

  private tell(text: string): void {
    say(`${paint(this.options.style, `${this.name.padEnd(8)} │`)} ${text}`);
  }
}
