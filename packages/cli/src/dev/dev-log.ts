import type { Colours } from '../terminal/colours.js';
import { compactJson } from '../terminal/json-text.js';
import type { Output } from '../terminal/terminal.js';
import type { DevEvent } from './dev-events.js';
import { parseLogRecord, readableLines } from './log-line.js';

/** Prints what happens, each line whole. While it is held, for somebody who is typing, it keeps what comes. */
export class DevLog {
  private width = 'dev'.length;
  private readonly names: string[] = [];
  private held: string[] | undefined;

  constructor(
    private readonly output: Output,
    private readonly colours: Colours,
    private readonly json: boolean,
  ) {}

  readonly tell = (event: DevEvent): void => {
    if (this.json) return this.write([compactJson(asJson(event))]);
    if (event.type === 'begun') for (const app of event.apps) this.know(app);
    if (event.type === 'log') {
      this.write(readableLines(event.line, this.colours).map((line) => this.prefixed(event.app, line)));
      return;
    }
    const told = this.sentence(event);
    if (told !== undefined) this.write([this.prefixed(undefined, told)]);
  };

  /** For what is no event: as it is. */
  say(line: string): void {
    if (!this.json) this.write([line]);
  }

  hold(): void {
    this.held ??= [];
  }

  release(): void {
    const { held = [] } = this;
    this.held = undefined;
    this.write(held);
  }

  private write(lines: readonly string[]): void {
    if (lines.length === 0) return;
    if (this.held) this.held.push(...lines);
    else void this.output.write(lines.map((line) => `${line}\n`).join(''));
  }

  private know(app: string): number {
    if (!this.names.includes(app)) this.names.push(app);
    this.width = Math.max(this.width, app.length);
    return this.names.indexOf(app);
  }

  private prefixed(app: string | undefined, line: string): string {
    const { cyan, magenta, green, yellow, blue, bold } = this.colours;
    const palette = [cyan, magenta, green, yellow, blue];
    const colour = app === undefined ? bold : palette[this.know(app) % palette.length]!;
    return `${colour((app ?? 'dev').padEnd(this.width))} ${this.colours.dim('│')} ${line}`;
  }

  private sentence(event: Exclude<DevEvent, { type: 'log' }>): string | undefined {
    const { green, red, yellow } = this.colours;
    switch (event.type) {
      case 'begun':
        return event.apps.length > 0
          ? `running ${event.apps.join(', ')} of ${event.root}`
          : `nothing to run yet in ${event.root}`;
      case 'added':
        return `${event.app} is new`;
      case 'removed':
        return `${event.app} is gone`;
      case 'ready':
        return green(`${event.app} ${event.restarted ? 'restarted' : 'is ready'} in ${event.tookMs} ms`);
      case 'restarting':
        return event.files.length > 0 ? `${shown(event.files)} saved: ${event.app} restarts` : `${event.app} restarts`;
      case 'crashed':
        return red(
          `${event.app} crashed (${event.signal ?? `exit code ${event.code}`}): it starts again with the next save`,
        );
      case 'ended':
        return yellow(`${event.app} has ended: it starts again with the next save`);
      case 'forced':
        return yellow(`${event.app} did not stop within ${event.afterMs} ms, and was killed`);
      case 'stopped':
        return `${event.app} has stopped`;
      case 'trouble':
        return red(event.message);
      case 'starting':
        return event.inspect === undefined ? undefined : `${event.app} can be inspected at 127.0.0.1:${event.inspect}`;
    }
  }
}

function shown(files: readonly string[]): string {
  return files.length > 3 ? `${files.slice(0, 2).join(', ')} and ${files.length - 2} others` : files.join(', ');
}

/** The log of a service is data in data, not text in it. */
function asJson(event: DevEvent): unknown {
  if (event.type !== 'log') return event;
  const record = parseLogRecord(event.line);
  const { line, ...rest } = event;
  return record ? { ...rest, record } : { ...rest, line };
}
