import { writeSync } from 'node:fs';
import { Socket } from 'node:net';

/** What a service that runs under `skerry dev` tells it, each as a line of JSON. */
export type LinkMessage =
  /** A file of the workspace that it needs. */
  | { readonly loaded: string }
  /** Its application is ready. */
  | {
      readonly ready: { readonly application: string; readonly services: readonly string[]; readonly address?: string };
    };

const lastingMs = 5_000;

/** A service's end of the pipe that it shares with `skerry dev`. Any thread may have one. */
export class DevLink {
  constructor(private readonly descriptor: number) {}

  /** Written before this returns, so that nothing is lost when the process ends at once. */
  send(message: LinkMessage): void {
    let rest = Buffer.from(`${JSON.stringify(message)}\n`);
    while (rest.length > 0) {
      try {
        rest = rest.subarray(writeSync(this.descriptor, rest));
      } catch (error) {
        // Full for a moment: it is read all the time. Whatever else went wrong, nobody is there any more.
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      }
    }
  }

  /**
   * Ends the process when the other end is gone, however it went: in order, and by force after five seconds. For a thread of
   * its own, which goes on when a service is caught in a loop.
   */
  endWithIt(): void {
    const socket = new Socket({ fd: this.descriptor, readable: true, writable: false });
    const end = (): void => {
      process.kill(process.pid, 'SIGTERM');
      // To load the framework for its Clock would make each start longer.
      // eslint-disable-next-line no-restricted-globals
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), lastingMs);
    };
    socket
      .on('error', () => undefined)
      .once('close', end)
      .resume();
  }
}
