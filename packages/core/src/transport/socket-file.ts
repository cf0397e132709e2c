import { chmodSync, lstatSync, unlinkSync, type Stats } from 'node:fs';
import { connect, type Server } from 'node:net';
import { isMainThread } from 'node:worker_threads';
import { SkerryError } from '../errors/skerry-error.js';
import { socketOwner } from './socket-owner.js';

/**
 * Listens at a path of the file system, and takes the place of a socket whose process has gone.
 *
 * @param listen Called once, or again after something dead was removed. Must bind within its call.
 * @param mode   Who may connect, as the bits of a file.
 */
export async function claimSocketFile(path: string, mode: number, listen: () => Promise<Server>): Promise<Server> {
  try {
    return await withMode(path, mode, listen);
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } };
    if (cause?.code !== 'EADDRINUSE') throw error;
    await removeIfDead(path);
    return withMode(path, mode, listen);
  }
}

async function withMode(path: string, mode: number, listen: () => Promise<Server>): Promise<Server> {
  // It must never be open to more than it shall be, not even until its mode was set. Threads cannot change the mask.
  const before = isMainThread ? process.umask(0o777 & ~mode) : undefined;
  let listening: Promise<Server>;
  try {
    listening = listen();
  } finally {
    if (before !== undefined) process.umask(before);
  }
  const server = await listening;
  chmodSync(path, mode);
  return server;
}

/** Throws `SKERRY_TRANSPORT_LISTEN_FAILED` where somebody answers, or what is there is no socket. */
async function removeIfDead(path: string): Promise<void> {
  const found = look(path);
  if (!found) return;
  if (!found.isSocket()) throw taken(path, 'a file is there that is no socket: remove it, or choose another path');
  if (await answers(path)) {
    const owner = socketOwner(path);
    throw taken(path, `${owner ?? 'another process'} listens on it: stop that, or choose another path`);
  }
  // Somebody else may have been quicker in replacing it.
  if (look(path)?.ino === found.ino) unlinkSync(path);
}

function look(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

/** Whether a process holds the socket: what is refused was left behind, and everything else is not for us to remove. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'ECONNREFUSED' && code !== 'ENOENT'));
  });
}

function taken(path: string, why: string): SkerryError {
  return new SkerryError('SKERRY_TRANSPORT_LISTEN_FAILED', `cannot listen on unix://${path}: ${why}`);
}
