import { subscribe } from 'node:diagnostics_channel';
import { readSync } from 'node:fs';
import { inspect } from 'node:util';
import type { ChildOptions } from './child-options.js';
import { DevLink } from './dev-link.js';

/** The part of an application's events that is told. */
interface ReadyEvent {
  readonly type: string;
  readonly application: string;
  readonly services: readonly string[];
  readonly address?: string;
}

/** Makes this process a service of `skerry dev`, before anything of its own is loaded. */
export function beDevChild({ link, waits }: ChildOptions): void {
  const supervisor = new DevLink(link);
  process.on('uncaughtException', printUncaught);
  subscribe('skerry.application', (event) => {
    const { type, application, services, address } = event as ReadyEvent;
    if (type === 'ready') supervisor.send({ ready: { application, services, ...(address ? { address } : {}) } });
  });
  if (waits) waitForEndOfInput();
}

/** Does what Node does, without the lines of its own loader. An application that handles such errors goes first. */
function printUncaught(error: unknown): void {
  if (process.listenerCount('uncaughtException') > 1) return;
  const text = error instanceof Error && error.name === 'CompileError' ? error.message : inspect(error);
  process.stderr.write(`${text.replace(/\n\s+at .*node:internal.*/g, '')}\n`, () => process.exit(1));
}

/** Blocks: the old process of this service has not ended yet. */
function waitForEndOfInput(): void {
  const one = Buffer.alloc(1);
  for (;;) {
    try {
      if (readSync(0, one) === 0) return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') return;
      if (code !== 'EAGAIN') throw error;
    }
  }
}
