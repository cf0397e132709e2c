import { MemoryTerminal } from '../fixtures/memory-terminal.js';
import { confirmed } from './confirm.js';
import { linesOf } from './lines.js';

async function* pieces(...texts: string[]): AsyncGenerator<string> {
  yield* texts;
}

async function lines(...texts: string[]): Promise<string[]> {
  const found: string[] = [];
  for await (const line of linesOf(pieces(...texts))) found.push(line);
  return found;
}

test('lines are the same wherever the text was cut', async () => {
  const text = 'one\n\ntwo\r\nthree';
  for (let at = 0; at <= text.length; at++) {
    expect(await lines(text.slice(0, at), text.slice(at))).toEqual(['one', '', 'two\r', 'three']);
  }
  expect(await lines(...text)).toEqual(['one', '', 'two\r', 'three']);
});

test('a text that is ended by a line break has no line behind it, and an empty one none at all', async () => {
  expect(await lines('one\n')).toEqual(['one']);
  expect(await lines()).toEqual([]);
});

test('no piece is taken before its lines are asked for', async () => {
  let taken = 0;
  async function* counted(): AsyncGenerator<string> {
    for (;;) {
      taken++;
      yield 'a\nb\n';
    }
  }
  const reading = linesOf(counted());
  await reading.next();
  await reading.next();
  expect(taken).toBe(1);
  await reading.return(undefined);
});

test.each([
  ['y\n', true],
  [' Yes \n', true],
  ['yellow\n', false],
  ['\n', false],
  ['', false],
])('the answer %j to a question means %s', async (stdin, meant) => {
  const people = new MemoryTerminal({ isTTY: true, stdin, env: { NO_COLOR: '1' } });
  expect(await confirmed('Really?', people)).toBe(meant);
  expect(people.stderr.text).toBe('Really? [y/N] ');
});
