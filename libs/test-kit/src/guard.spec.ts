import { Guard } from './guard.js';
import { openHandles } from './open-handles.js';
import { processStarter } from './process-starter.js';

const startProcess = processStarter(afterEach);
const guard = new Guard();
afterEach(() => guard.release());

const startSleeper = () => startProcess(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);

test('kills what it watches when nobody is left to do so', async () => {
  const sleepers = [await startSleeper(), await startSleeper()];
  for (const { pid } of sleepers) guard.watch(pid);
  guard.abandon();
  const ends = await Promise.all(sleepers.map(({ exited }) => exited));
  expect(ends).toEqual([
    { code: null, signal: 'SIGKILL' },
    { code: null, signal: 'SIGKILL' },
  ]);
});

test('kills nothing that it was told to forget', async () => {
  const [forgotten, watched] = [await startSleeper(), await startSleeper()];
  guard.watch(forgotten.pid);
  guard.release();
  guard.watch(watched.pid);
  guard.abandon();
  await watched.exited;
  expect(process.kill(forgotten.pid, 0)).toBe(true);
});

test('is no handle that was left open', async () => {
  const { pid } = await startSleeper();
  const before = openHandles();
  guard.watch(pid);
  await before.nothingMore();
});
