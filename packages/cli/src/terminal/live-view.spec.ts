import { MemoryOutput } from '../fixtures/memory-terminal.js';
import { LiveView } from './live-view.js';

/** What a terminal shows of what was written: rows, without colours. */
function shown(text: string): string[] {
  const rows: string[] = [''];
  let row = 0;
  // eslint-disable-next-line no-control-regex -- what terminals are told by
  for (const [token] of text.matchAll(/\u001b\[(\d*)([A-Za-z])|\r|\n|./g)) {
    // eslint-disable-next-line no-control-regex -- the same
    const [, count = '', command] = /^\u001b\[(\d*)([A-Za-z])$/.exec(token) ?? [];
    if (command === 'A') row -= Number(count);
    else if (command === 'K') rows[row] = '';
    else if (command === 'J') rows.splice(row, Infinity, '');
    else if (token === '\n') rows[++row] ??= '';
    else if (command === undefined && token !== '\r') rows[row] += token;
  }
  return rows;
}

test('draws over what it drew, also when that was longer', async () => {
  const output = new MemoryOutput(true, 40);
  const view = new LiveView(output);
  await output.write('above\n');
  await view.draw(['one', 'two', 'three']);
  expect(shown(output.text)).toEqual(['above', 'one', 'two', 'three', '']);
  await view.draw(['four']);
  expect(shown(output.text)).toEqual(['above', 'four', '']);
  await view.clear();
  expect(shown(output.text)).toEqual(['above', '']);
});

test('cuts off what would wrap, and not the end of its colour', async () => {
  const output = new MemoryOutput(true, 6);
  await new LiveView(output).draw(['\u001b[31m123456789\u001b[39m']);
  expect(output.text).toContain('\u001b[31m12345\u001b[39m\n');
});

test('clearing nothing writes nothing', async () => {
  const output = new MemoryOutput(true, 40);
  await new LiveView(output).clear();
  expect(output.text).toBe('');
});
