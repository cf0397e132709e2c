import fc from 'fast-check';
import { formatTraceParent, parseTraceParent } from './trace-parent.js';

const example = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('traceparent', () => {
  test('is read and written as in the standard’s own example', () => {
    const parsed = parseTraceParent(example);
    expect(parsed).toEqual({ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 });
    expect(formatTraceParent(parsed!)).toBe(example);
  });

  test('survives the way there and back', () => {
    const hex = (digits: number): fc.Arbitrary<string> =>
      fc.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`)).filter((id) => !/^0+$/.test(id));
    fc.assert(
      fc.property(hex(32), hex(16), fc.nat(255), (traceId, spanId, traceFlags) => {
        const parent = { traceId, spanId, traceFlags };
        expect(parseTraceParent(formatTraceParent(parent))).toEqual(parent);
      }),
    );
  });

  test('may be longer in a later version, and in that alone', () => {
    expect(parseTraceParent(example.replace(/^00/, '01') + '-what-follows')).toMatchObject({ traceFlags: 1 });
    expect(parseTraceParent(`${example}-what-follows`)).toBeUndefined();
  });

  test.each([
    '',
    'ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    '00-00000000000000000000000000000000-b7ad6b7169203331-01',
    '00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01',
    '00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01',
    '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331',
    '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1',
  ])('is refused as %j', (text) => {
    expect(parseTraceParent(text)).toBeUndefined();
  });
});
