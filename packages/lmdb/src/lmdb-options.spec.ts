import { resolveLmdbOptions, type LmdbOptions } from './lmdb-options.js';

test('has defaults for all but the file', () => {
  expect(resolveLmdbOptions({ path: 'a' })).toEqual({ path: 'a', pollMs: 50, sweepMs: 1_000 });
});

test.each<[string, LmdbOptions]>([
  ['path', { path: '' }],
  ['path', { path: 'a\0b' }],
  ['path', {} as LmdbOptions],
  ['pollMs', { path: 'a', pollMs: 0 }],
  ['sweepMs', { path: 'a', sweepMs: Number.NaN }],
])('an option that cannot work is named: %s', (named, options) => {
  expect(() => resolveLmdbOptions(options)).toThrow(
    expect.objectContaining({ code: 'SKERRY_OPTION_INVALID', message: expect.stringContaining(named) }),
  );
});
