import fc from 'fast-check';
import { PublishWindow } from './publish-window.js';

const never = new AbortController().signal;

test('who finds no room waits in turn, also the small behind the large', async () => {
  const window = new PublishWindow(100);
  expect(window.tryTake(80)).toBe(true);
  const entered: string[] = [];
  const large = window.take(90, never).then(() => entered.push('large'));
  const small = window.take(10, never).then(() => entered.push('small'));
  expect(window.tryTake(1)).toBe(false);
  window.give(80);
  await Promise.all([large, small]);
  expect(entered).toEqual(['large', 'small']);
  expect(window.bytes).toBe(100);
});

test('a message that is larger than the window goes alone', async () => {
  const window = new PublishWindow(100);
  expect(window.tryTake(1_000)).toBe(true);
  expect(window.tryTake(1)).toBe(false);
  window.give(1_000);
  expect(window.tryTake(1)).toBe(true);
});

test('who gives up leaves the turn to who comes after', async () => {
  const window = new PublishWindow(100);
  window.tryTake(50);
  const patience = new AbortController();
  const large = window.take(80, patience.signal);
  const small = window.take(50, never);
  patience.abort(new Error('enough'));
  await expect(large).rejects.toThrow('enough');
  await small;
  expect(window.bytes).toBe(100);
  await expect(window.take(1, patience.signal)).rejects.toThrow('enough');
});

test('more than four times the window does not wait', async () => {
  const window = new PublishWindow(100);
  window.tryTake(100);
  const waiting = Array.from({ length: 4 }, () => window.take(100, never));
  await expect(window.take(1, never)).rejects.toThrow('100 bytes are on their way, and 400 wait');
  for (let given = 0; given < 4; given++) window.give(100);
  await Promise.all(waiting);
});

test('never is more on its way than fits, and all get in', async () => {
  const messages = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(messages, async (sizes) => {
      const window = new PublishWindow(1_000);
      let most = 0;
      const send = async (bytes: number): Promise<void> => {
        await window.take(bytes, never);
        most = Math.max(most, window.bytes);
        await Promise.resolve();
        window.give(bytes);
      };
      await Promise.all(sizes.map(send));
      expect(most).toBeLessThanOrEqual(1_000);
      expect(window.bytes).toBe(0);
    }),
  );
});
