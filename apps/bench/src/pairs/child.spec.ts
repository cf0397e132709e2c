import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openHandles } from '@skerry-private/test-kit';
import { Child } from './child.js';

let directory: string;
let started: Child | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'skerry-bench-child-'));
});
afterEach(async () => {
  await started?.end();
  started = undefined;
  rmSync(directory, { recursive: true });
});

/** A process that is ready at once, and does `then` for every order. */
async function start(then: string): Promise<Child> {
  const script = join(directory, 'child.mjs');
  writeFileSync(script, `process.on('message', (order) => { ${then} });\nprocess.send({ result: 'ready' });`);
  const { child, said } = await Child.start('the server', script, []);
  expect(said).toBe('ready');
  started = child;
  return child;
}

const order = { do: 'check' };

test('answers, or says what went wrong', async () => {
  const child = await start(`process.send(order.wrong ? { failed: 'no port is free' } : { result: order.value });`);
  expect(await child.ask({ ...order, value: 3 })).toBe(3);
  await expect(child.ask({ ...order, wrong: true })).rejects.toThrow('no port is free');
  expect(await child.ask({ ...order, value: 4 })).toBe(4);
});

test('one that crashes is known by its last words, also when it is asked again', async () => {
  const child = await start(`throw new RangeError('too much');`);
  const lastWords = 'the server ended (exit code 1): RangeError: too much';
  await expect(child.ask(order)).rejects.toThrow(lastWords);
  await expect(child.ask(order)).rejects.toThrow(lastWords);
});

test('one that does not answer is given up', async () => {
  const child = await start('');
  await expect(child.ask(order, 20)).rejects.toThrow('the server took more than 20 ms to check');
});

test('one that cannot start is refused, and leaves nothing open', async () => {
  const before = openHandles();
  await expect(Child.start('the server', join(directory, 'missing.mjs'), [])).rejects.toThrow(
    /^the server ended \(exit code 1\): .*Cannot find module/,
  );
  await before.nothingMore();
});

test('ends without being asked twice', async () => {
  const child = await start('');
  await child.end();
  await child.end();
  await expect(child.ask(order)).rejects.toThrow('the server ended');
});
