import { chosen } from './section.js';

const names = ['raw frames', 'raw frames + JSON', 'skerry', 'skerry (validation off)', 'NestJS TCP (object pattern)'];

test.each([
  [[], names],
  [['skerry'], ['skerry']],
  [
    ['raw', 'nest'],
    ['raw frames', 'raw frames + JSON', 'NestJS TCP (object pattern)'],
  ],
  [
    ['Skerry', '(validation'],
    ['skerry', 'skerry (validation off)'],
  ],
  [['gRPC'], []],
])('%j chooses %j', (contenders, expected) => {
  expect(chosen({ quick: true, rounds: 1, roundMs: 1, contenders }, names)).toEqual(expected);
});
