import { isLinearizable, type Operation } from './linearizable.js';

const key = 'k';
const value = new Uint8Array();
const put = (version: string, calledAt: number, answeredAt: number): Operation => ({
  write: { type: 'put', key, value },
  outcome: { done: true, version },
  calledAt,
  answeredAt,
});
const get = (version: string | undefined, calledAt: number, answeredAt: number): Operation => ({
  outcome: { done: true, ...(version === undefined ? {} : { version }) },
  calledAt,
  answeredAt,
});

test('takes every order that overlapping operations leave open', () => {
  expect(isLinearizable([put('1', 0, 5), get(undefined, 1, 2), get('1', 3, 4)])).toBe(true);
  expect(isLinearizable([put('1', 0, 5), put('2', 1, 6), get('1', 7, 8)])).toBe(true);
  expect(isLinearizable([put('1', 0, 5), put('2', 1, 6), get('2', 7, 8)])).toBe(true);
});

test('finds a stale read, a lost write, and a read that goes back', () => {
  expect(isLinearizable([put('1', 0, 1), get(undefined, 2, 3)])).toBe(false);
  expect(isLinearizable([put('1', 0, 1), put('2', 2, 3), get('1', 4, 5)])).toBe(false);
  expect(isLinearizable([put('1', 0, 9), get('1', 1, 2), get(undefined, 3, 4)])).toBe(false);
});

test('finds two winners of one compare-and-set, and a refusal without a reason', () => {
  const swap = (outcome: Operation['outcome'], calledAt: number): Operation => ({
    write: { type: 'put', key, value, ifVersion: '1' },
    outcome,
    calledAt,
    answeredAt: 9,
  });
  const first = put('1', 0, 1);
  expect(isLinearizable([first, swap({ done: true, version: '2' }, 2), swap({ done: false, found: '2' }, 3)])).toBe(
    true,
  );
  expect(isLinearizable([first, swap({ done: true, version: '2' }, 2), swap({ done: true, version: '3' }, 3)])).toBe(
    false,
  );
  expect(isLinearizable([first, swap({ done: false, found: '1' }, 2)])).toBe(false);
});
