import { queues, Tally } from './tally.js';

const handleEverywhere = (tally: Tally, message: number): void =>
  queues.forEach((queue) => tally.handle(queue, message));

test('what was confirmed and not handled is lost, for each queue by itself', () => {
  const tally = new Tally(4);
  for (const message of [0, 1, 2]) tally.confirm(message);
  handleEverywhere(tally, 0);
  tally.handle('plain', 1);
  expect(queues.map((queue) => tally.lost(queue))).toEqual([1, 2]);
  expect(tally.complete).toBe(false);
});

test('what was not confirmed is not lost, whether it was handled or not', () => {
  const tally = new Tally(2);
  tally.publish(0);
  tally.publish(1);
  handleEverywhere(tally, 0);
  expect(queues.map((queue) => tally.lost(queue))).toEqual([0, 0]);
  expect(tally).toMatchObject({ published: 2, confirmed: 0, complete: false });
});

test('every effect but the first of a message is a duplicate', () => {
  const tally = new Tally(3);
  for (const message of [0, 0, 0, 1]) tally.handle('plain', message);
  tally.handle('once', 0);
  expect([tally.handled('plain'), tally.distinct('plain'), tally.duplicates('plain')]).toEqual([4, 2, 2]);
  expect([tally.handled('once'), tally.distinct('once'), tally.duplicates('once')]).toEqual([1, 1, 0]);
});

test('a message that is confirmed twice counts once; all confirmed and handled is complete', () => {
  const tally = new Tally(2);
  for (const message of [0, 0, 1]) {
    tally.publish(message);
    tally.confirm(message);
  }
  expect(tally).toMatchObject({ published: 3, confirmed: 2, complete: false });
  for (const message of [0, 1]) handleEverywhere(tally, message);
  expect(tally.complete).toBe(true);
});

test('a message that was never planned is an error', () => {
  const tally = new Tally(2);
  for (const message of [2, -1, 0.5, NaN]) expect(() => tally.confirm(message)).toThrow('there is no message');
});
