import { once } from 'node:events';
import { watch } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { openHandles } from './open-handles.js';

test('sees nothing more where everything was closed', async () => {
  const before = openHandles();
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  await new Promise((closed) => server.close(closed));
  await before.nothingMore();
});

test('names a server that was left open', async () => {
  const before = openHandles();
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  await expect(before.nothingMore(30)).rejects.toThrow('left open: 1 TCPServerWrap');
  await new Promise((closed) => server.close(closed));
  await before.nothingMore();
});

test('names a file watcher that was left open', async () => {
  const before = openHandles();
  const watcher = watch(tmpdir());
  await expect(before.nothingMore(30)).rejects.toThrow('left open: 1 FSEventWrap');
  watcher.close();
  await before.nothingMore();
});

test('names a timer that was left running', async () => {
  const before = openHandles();
  const timer = setTimeout(() => undefined, 60_000);
  await expect(before.nothingMore(30)).rejects.toThrow('left open: 1 Timeout');
  clearTimeout(timer);
  await before.nothingMore();
});

test('waits for what is about to close', async () => {
  const before = openHandles();
  setTimeout(() => undefined, 30);
  await before.nothingMore();
});
