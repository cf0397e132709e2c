import fc from 'fast-check';
import { consulId, consulName, serviceName } from './names.js';

const names = fc.string({ minLength: 1, maxLength: 200, unit: 'binary' });

test.each(['orders', 'order-items', 'order_items', 'Orders.v2', '0'])('%s is a name in Consul as it is', (name) => {
  expect(consulName(name)).toBe(name);
});

test.each([
  ['a b', 'skerry-name-a.20b'],
  ['..', 'skerry-name-.2e.2e'],
  ['grüße', 'skerry-name-gr.c3.bc.c3.9fe'],
  ['-', 'skerry-name--'],
  ['skerry-name-x', 'skerry-name-skerry-name-x'],
])('%s is written so that nobody reads a path in it', (name, written) => {
  expect(consulName(name)).toBe(written);
});

test('every name comes back as it was, from characters that need no care in a path', () => {
  fc.assert(
    fc.property(names, (name) => {
      const written = consulName(name);
      expect(written).toMatch(/^\w[\w.-]*$/);
      expect(serviceName(written)).toBe(name);
    }),
  );
});

test('ids that differ do so without their case', () => {
  const similar = fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom('a', 'A', '.', '-', 'ß') });
  fc.assert(
    fc.property(similar, similar, (one, other) => {
      expect(consulId(one).toLowerCase() === consulId(other).toLowerCase()).toBe(one === other);
      expect(consulId(one)).toMatch(/^[0-9a-z][0-9a-z._-]*$/);
    }),
  );
});

test.each(['skerry-name-', 'skerry-name-.', 'skerry-name-.zz', 'skerry-name-orders', `skerry-name-${'a'.repeat(300)}`])(
  '%s, which somebody else made up, is a name like any other',
  (name) => {
    expect(serviceName(name)).toBe(name);
  },
);
