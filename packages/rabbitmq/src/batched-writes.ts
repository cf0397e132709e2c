import type { ChannelModel } from 'amqplib';
import type { Writable } from 'node:stream';

/**
 * Has what the client writes in one turn sent at once: it writes each frame by itself, and a third of what a message costs
 * are the calls of the system for that. A client that keeps its socket elsewhere is left as it is.
 */
export function batchWrites({ connection }: ChannelModel): void {
  const socket = (connection as { readonly stream?: Writable }).stream;
  if (typeof socket?.cork !== 'function') return;
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  let corked = false;
  const send = (): void => {
    corked = false;
    socket.uncork();
  };
  socket.write = (...args: unknown[]): boolean => {
    if (!corked) {
      corked = true;
      socket.cork();
      process.nextTick(send);
    }
    return write(...args);
  };
}
