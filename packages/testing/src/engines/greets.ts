import { connect } from 'node:net';
import { SystemClock } from '@skerry/core';

const withinMs = 2_000;

/**
 * Whether what listens at `url` speaks a protocol: it says something that fits, after it was sent `hello`, or by itself. Of an address
 * with TLS only whether it can be connected to.
 */
export function greets(
  url: string,
  usualPort: number,
  hello: string | undefined,
  expected: (said: string) => boolean,
): Promise<boolean> {
  const { hostname, port, protocol } = new URL(url);
  const secure = ['amqps:', 'rediss:', 'tls:'].includes(protocol);
  const clock = new SystemClock();
  return new Promise((resolve) => {
    const socket = connect(Number(port) || usualPort, hostname.replace(/^\[|\]$/g, '') || '127.0.0.1', () => {
      if (secure) end(true);
      else if (hello !== undefined) socket.write(hello, 'latin1');
    });
    const timer = clock.setTimer(withinMs, () => end(false));
    const end = (answered: boolean): void => {
      timer.cancel();
      socket.destroy();
      resolve(answered);
    };
    socket.once('data', (data) => end(expected(data.toString('latin1'))));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
  });
}
