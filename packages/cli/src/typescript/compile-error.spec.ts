import * as swc from '@swc/core';
import { compile } from './compile.js';
import { CompileError, mistakeIn } from './compile-error.js';

function mistake(source: string): CompileError {
  try {
    compile(swc, '/shop/greeter.ts', source, { sourceMaps: 'inline' });
  } catch (error) {
    if (error instanceof CompileError) return error;
    throw error;
  }
  throw new Error('it was compiled');
}

test('says where, and why, and shows the lines around it', () => {
  const error = mistake('export class Greeter {\n  async hello({request: string) {}\n}\n');
  expect(error.mistake).toMatchObject({ path: '/shop/greeter.ts', line: 2, column: 31 });
  expect(error.message).toMatch(/^\/shop\/greeter\.ts:2:31 {2}Expected ',', got '\)'\n\n/);
  expect(error.mistake.excerpt.split('\n')).toEqual([
    ' 1 | export class Greeter {',
    ' 2 |   async hello({request: string) {}',
    '   :                               ^',
    ' 3 | }',
  ]);
});

test('has no stack but its message', () => expect(mistake('(').stack).toBe(mistake('(').message));

test.each(['', 'something new', '  x alone\n'])('what is told as %j is passed on', (told) => {
  expect(mistakeIn('/a.ts', told)).toMatchObject({ path: '/a.ts', reason: expect.stringMatching(/\S/) });
});
