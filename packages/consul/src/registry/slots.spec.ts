import { getEventListeners } from 'node:events';
import { Slots } from './slots.js';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('as many as there are enter at once, the others in their order when one leaves', async () => {
  const slots = new Slots(2);
  const { signal } = new AbortController();
  const entered: number[] = [];
  const leave: (() => void)[] = [];
  const taken = [0, 1, 2, 3].map(async (i) => {
    leave[i] = await slots.take(signal);
    entered.push(i);
  });
  await settled();
  expect(entered).toEqual([0, 1]);
  leave[1]!();
  await settled();
  expect(entered).toEqual([0, 1, 2]);
  leave[0]!();
  await Promise.all(taken);
  expect(entered).toEqual([0, 1, 2, 3]);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('who gives up waiting takes no slot', async () => {
  const slots = new Slots(1);
  const { signal } = new AbortController();
  const leave = await slots.take(signal);
  const impatient = new AbortController();
  const given = slots.take(impatient.signal);
  const patient = slots.take(signal);
  impatient.abort(new Error('no more patience'));
  await expect(given).rejects.toThrow('no more patience');
  await expect(slots.take(impatient.signal)).rejects.toThrow('no more patience');
  leave();
  (await patient)();
  await expect(slots.take(signal)).resolves.toBeInstanceOf(Function);
});
