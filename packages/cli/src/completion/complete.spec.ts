import fc from 'fast-check';
import { MemoryTerminal } from '../fixtures/memory-terminal.js';
import { buildProgram } from '../program.js';
import { complete } from './complete.js';

const program = buildProgram(new MemoryTerminal(), { out: '', err: '' }, () => undefined);

function values(...words: string[]): string[] {
  return complete(program, words).candidates.map(({ value }) => value);
}

test('commands, and those below them', () => {
  expect(values('ser')).toEqual(['services']);
  expect(values('dlq', '')).toEqual(['list', 'show', 'retry', 'drop', 'help']);
  expect(values('dlq', 're')).toEqual(['retry']);
  expect(values('')).toEqual(expect.arrayContaining(['call', 'completion', 'help']));
  expect(values('')).not.toContain('__complete');
});

test('options that are not there yet, with what they do', () => {
  expect(values('call', '--re')).toEqual(['--repeat']);
  expect(values('call', 'a.b', '--repeat', '3', '--re')).toEqual([]);
  expect(values('publish', 'a.b', '--header', 'a=b', '--hea')).toEqual(['--header']);
  expect(complete(program, ['services', '--w']).candidates).toEqual([
    { value: '--watch', description: expect.stringMatching(/^go on until .{50,}…$/) },
  ]);
});

test('values of options and arguments that are a choice', () => {
  expect(values('graph', '--format', '')).toEqual(['text', 'mermaid']);
  expect(values('graph', '--format=m')).toEqual(['--format=mermaid']);
  expect(values('completion', 'z')).toEqual(['zsh']);
});

test('a value behind a sign that bash has made a word of', () => {
  expect(values('graph', '--format', '=')).toEqual(['text', 'mermaid']);
  expect(values('graph', '--format', '=', 'm')).toEqual(['mermaid']);
});

test.each([
  [['call', ''], { live: 'service.handler' }],
  [['call', '--app', 'a.js', 'gre'], { live: 'service.handler', app: 'a.js' }],
  [['describe', ''], { live: 'service' }],
  [['generate', 'client', ''], { live: 'service' }],
  [['call', 'a.b', '--from', ''], { files: true }],
  [['services', '--app', ''], { files: true }],
  [['graph', ''], { files: true }],
])('%j asks for what only others know', (words, expected) => {
  expect(complete(program, words)).toEqual({ candidates: [], ...expected });
});

test('after -- there are no options', () => {
  expect(values('call', '--', '--')).toEqual([]);
});

test('whatever is written, the words are those that begin so', () => {
  const known = ['call', 'dlq', 'show', 'graph', '--format', '--format=', '--json', '--', '-', '=', 'text', ''];
  const word = fc.oneof(fc.constantFrom(...known), fc.string({ maxLength: 6 }));
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), (words) => {
      const current = words.at(-1) === '=' ? '' : (words.at(-1) ?? '');
      for (const value of values(...words)) expect(value.startsWith(current)).toBe(true);
    }),
  );
});
