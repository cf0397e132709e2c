import { newestFirst } from './versions.js';

test('orders versions by their numbers, and what comes before a release behind it', () => {
  const versions = ['1.9.0', '1.10.0', '2.0.0-rc.2', '2.0.0', '2.0.0-rc.10', '1.9.0', '0.0.0'];
  expect(newestFirst(versions)).toEqual(['2.0.0', '2.0.0-rc.10', '2.0.0-rc.2', '1.10.0', '1.9.0', '0.0.0']);
});
