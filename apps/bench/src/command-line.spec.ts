import { parseCommandLine } from './command-line.js';

const sections = ['rpc', 'streams', 'start'];
const parse = (...args: string[]) => parseCommandLine(args, sections);

test('all sections run, at length, unless something else is asked for', () => {
  expect(parse()).toEqual({
    quick: false,
    markdown: false,
    list: false,
    help: false,
    sections,
    contenders: [],
    rounds: 15,
    roundMs: 1_000,
  });
});

test('a quick run measures less, and what is asked for by number counts all the same', () => {
  expect(parse('--quick')).toMatchObject({ quick: true, rounds: 3, roundMs: 250 });
  expect(parse('--quick', '--rounds', '7')).toMatchObject({ rounds: 7, roundMs: 250 });
  expect(parse('--round-ms=20')).toMatchObject({ rounds: 15, roundMs: 20 });
});

test('sections keep their order, however they are named', () => {
  expect(parse('--only', 'start,rpc').sections).toEqual(['rpc', 'start']);
  expect(parse('--only', 'start', '--only', ' rpc, ').sections).toEqual(['rpc', 'start']);
});

test('contenders are named by parts of their names', () => {
  expect(parse('--contenders', 'raw frames,nest').contenders).toEqual(['raw frames', 'nest']);
});

test.each([
  [['--only', 'rcp'], 'No section "rcp"; there are rpc, streams, start.'],
  [['--rounds', '0'], '--rounds is a whole number from 1 on, and not "0".'],
  [['--rounds', 'many'], '--rounds is a whole number from 1 on, and not "many".'],
  [['--round-ms', '1.5'], '--round-ms is a whole number from 1 on, and not "1.5".'],
  [['--fast'], "Unknown option '--fast'"],
  [['rpc'], "Unexpected argument 'rpc'"],
])('%j is refused', (args, message) => expect(() => parse(...args)).toThrow(message));
