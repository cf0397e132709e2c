import { residentBytes } from './resident-bytes.js';

test('tells the memory of a process as Node itself does', () => {
  const ratio = residentBytes(process.pid) / process.memoryUsage().rss;
  expect(Math.abs(ratio - 1)).toBeLessThan(0.2);
});

test('throws for a process that is gone', () => {
  expect(() => residentBytes(2 ** 22 + 1)).toThrow(/ENOENT/);
});
