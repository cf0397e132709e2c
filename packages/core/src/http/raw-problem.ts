import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { WireError } from '../errors/wire.js';
import { problemBody, problemOf, problemType } from './problem.js';

/** Answers where there is no response to write to, and none under way that this one would be taken for; ends the connection. */
export function rawProblem(socket: Socket, error: WireError, status: number): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = problemBody(problemOf(error, status));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `content-type: ${problemType}`,
    `content-length: ${body.length}`,
    'connection: close',
  ].join('\r\n');
  socket.write(`${head}\r\n\r\n`);
  socket.write(body);
  socket.destroySoon();
}
