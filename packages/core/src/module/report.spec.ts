import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SkerryError } from '../errors/skerry-error.js';
import { builtIn } from './fixtures/application.js';
import { ShopModule } from './fixtures/eight-mistakes.js';
import { GraphError, type Problem } from './problem.js';
import { reportLine, reportText } from './report.js';
import { verify } from './verify.js';

/** The report as it is meant to be read. After a change of it: `UPDATE_GOLDEN=1 npx jest report`, and read the difference. */
const golden = fileURLToPath(new URL('./fixtures/eight-mistakes.txt', import.meta.url));

const problem = (changes: Partial<Problem> = {}): Problem => ({
  code: 'SKERRY_DI_NO_PROVIDER',
  message: 'Cannot create Orders.',
  path: [],
  found: [],
  fix: 'mend it',
  ...changes,
});

describe('an application with eight different mistakes', () => {
  let error: GraphError;
  beforeAll(async () => {
    error = await verify(ShopModule, { builtIn }).then(
      () => Promise.reject(new Error('nothing was found')),
      (caught: GraphError) => caught,
    );
  });

  test('is reported whole, as text for a terminal', () => {
    if (process.env['UPDATE_GOLDEN']) writeFileSync(golden, `${error.message}\n`);
    expect(`${error.message}\n`).toBe(readFileSync(golden, 'utf8'));
  });

  test('is reported in one line for a log', () => {
    const each = error.problems.map(({ code, message, at }) => `${code} ${message} (${at?.file}:${at?.line})`);
    expect(each).toHaveLength(8);
    expect(error.line).toBe(`ShopModule cannot start: ${each.join(' | ')}`);
    expect(error.line).not.toContain('\n');
  });

  test('is reported as JSON for tools, and loses nothing by it', () => {
    const json = JSON.parse(JSON.stringify(error)) as { code: string; details: { root: string; problems: Problem[] } };
    expect(json).toMatchObject({ code: 'SKERRY_GRAPH_INVALID', status: 'FAILED_PRECONDITION', retryable: false });
    expect(json.details).toEqual({ root: 'ShopModule', problems: error.problems });
  });

  test('is an error like others, whose stack is the report', () => {
    expect(SkerryError.is(error)).toBe(true);
    expect(error.stack).toBe(`GraphError SKERRY_GRAPH_INVALID: ${error.message}`);
  });
});

test('one problem is not called problems', () => {
  expect(reportText('AppModule', [problem()])).toBe(
    [
      'AppModule cannot start: 1 problem in its module graph.',
      '',
      '1. SKERRY_DI_NO_PROVIDER  Cannot create Orders.',
      '     fix    mend it',
    ].join('\n'),
  );
});

test('numbers of two digits keep the columns', () => {
  const text = reportText(
    'AppModule',
    Array.from({ length: 10 }, () => problem({ path: ['AppModule'] })),
  );
  expect(text).toContain('\n\n 9. SKERRY_DI_NO_PROVIDER  Cannot create Orders.\n      path   AppModule\n');
  expect(text).toContain('\n\n10. SKERRY_DI_NO_PROVIDER  Cannot create Orders.\n      path   AppModule\n');
});

test('a message of several lines is one line in a log', () => {
  expect(reportLine('AppModule', [problem({ message: 'It failed:\n  no address.' })])).toBe(
    'AppModule cannot start: SKERRY_DI_NO_PROVIDER It failed: no address.',
  );
});
