import { goalTable } from './goals.js';
import { Progress } from './progress.js';
import { formatTable, number } from './table.js';

const table = {
  title: 'calls',
  columns: ['', 'calls/s', 'of raw'],
  rows: [
    ['raw frames', '400000', '1.000'],
    ['a contender of another kind', 'failed: no port is free'],
  ],
};

describe('a table', () => {
  test('has aligned columns', () => {
    expect(formatTable(table, false).split('\n')).toEqual([
      'calls',
      '',
      '                                calls/s   of raw',
      '  raw frames                     400000    1.000',
      '  a contender of another kind   failed: no port is free',
    ]);
  });

  test('is Markdown with as many cells in each row', () => {
    const lines = formatTable(table, true).split('\n');
    expect(lines[0]).toBe('**calls**');
    expect(lines[3]).toMatch(/^\| -+ \| -+: \| -+: \|$/);
    for (const line of lines.slice(2)) expect(line.split('|')).toHaveLength(5);
    expect(lines.at(-1)).toContain('| failed: no port is free |');
  });

  test('shows what is unknown as a dash', () => {
    expect([number(1.256, 2), number(NaN), number(undefined), number(Infinity)]).toEqual(['1.26', '-', '-', '-']);
  });
});

test.each([
  [{ measured: 0.79, atLeast: 0.8 }, ['at least 0.8', '0.79', 'no']],
  [{ measured: 0.8, atLeast: 0.8 }, ['at least 0.8', '0.80', 'yes']],
  [{ measured: 1.31, atMost: 1.3 }, ['at most 1.3', '1.31', 'no']],
  [{ measured: NaN, atMost: 1.3 }, ['at most 1.3', '-', '-']],
])('a goal tells whether it holds: %j', (goal, cells) => {
  expect(goalTable([{ what: 'it', ...goal }]).rows).toEqual([['it', ...cells]]);
});

describe('progress', () => {
  const said = (live: boolean): string => {
    let text = '';
    const progress = new Progress((each) => (text += each), live);
    progress.begin('rpc');
    progress.say('round 1 of 3');
    progress.note('grpc-js failed');
    return text;
  };

  test('rewrites one line on a terminal', () => expect(said(true)).toContain('\r\u001b[2Krpc ... round 1 of 3'));

  test('keeps what matters elsewhere, in whole lines', () =>
    expect(said(false)).toBe('rpc ...\nrpc: grpc-js failed\n'));
});
