import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { eventually, processStarter } from '@skerry-private/test-kit';
import { engineAvailable, startEngine } from '@skerry/testing/engines';

const program = fileURLToPath(new URL('../dist/programs/engine.js', import.meta.url));
const withRedis = (await engineAvailable('redis', { own: true })) ? describe : describe.skip;

const folders = async (): Promise<string[]> =>
  (await readdir(tmpdir())).filter((each) => each.startsWith('skerry-redis-server-'));
const isGone = (url: string): Promise<boolean> =>
  startEngine('redis', { env: { REDIS_URL: url } }).then(
    () => false,
    () => true,
  );

withRedis('an engine that a test started and never stopped', () => {
  const startProcess = processStarter(afterEach);

  test('keeps nobody waiting, and is gone with the process that ends by itself', async () => {
    const before = await folders();
    const run = await startProcess(process.execPath, [program]);
    const [, url] = await run.waitForLine(/engine at (\S+)/);
    expect(await run.exited).toEqual({ code: 0, signal: null });
    await eventually(() => isGone(url!));
    await eventually(async () => expect(await folders()).toEqual(before));
  });

  test('is gone with the process that is killed', async () => {
    const before = await folders();
    const run = await startProcess(process.execPath, [program, 'stay']);
    const [, url] = await run.waitForLine(/engine at (\S+)/);
    expect(await isGone(url!)).toBe(false);
    run.kill('SIGKILL');
    await run.exited;
    await eventually(() => isGone(url!));
    await eventually(async () => expect(await folders()).toEqual(before));
  });
});
