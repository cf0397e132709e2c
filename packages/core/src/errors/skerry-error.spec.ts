import { catalogue } from './catalogue.js';
import { SkerryError } from './skerry-error.js';
import { statuses } from './status.js';

class OutOfStock extends SkerryError {
  static readonly code = 'OUT_OF_STOCK';

  constructor(sku: string) {
    super(OutOfStock.code, `${sku} is out of stock`, { status: 'FAILED_PRECONDITION', details: { sku } });
  }
}

describe('the catalogue', () => {
  test.each(Object.entries(catalogue))('%s has a canonical status and a summary of one sentence', (code, entry) => {
    expect(code).toMatch(/^SKERRY(_[A-Z]+){2,}$/);
    expect(statuses).toContain(entry.status);
    expect(entry.summary).toMatch(/^[A-Z`].*\.$/);
  });
});

describe('a SkerryError', () => {
  test('takes what it is not told from the catalogue', () => {
    const error = new SkerryError('SKERRY_RPC_NO_NODE', 'no node of greeter');
    expect(error).toMatchObject({ status: 'UNAVAILABLE', retryable: true, details: {} });
  });

  test('lets the thrower know better than the catalogue', () => {
    const error = new SkerryError('SKERRY_RPC_NO_NODE', 'no node', { status: 'NOT_FOUND', retryable: false });
    expect(error).toMatchObject({ status: 'NOT_FOUND', retryable: false });
  });

  test('with a code of the application is UNKNOWN and not retryable unless it says so', () => {
    expect(new SkerryError('OUT_OF_STOCK', 'none left')).toMatchObject({ status: 'UNKNOWN', retryable: false });
  });

  test.each(['constructor', '__proto__', 'toString'])('does not take %s for a code of the catalogue', (code) => {
    expect(new SkerryError(code, 'x')).toMatchObject({ status: 'UNKNOWN', retryable: false });
  });

  test('names its class and its code wherever it is printed', () => {
    expect(String(new OutOfStock('a1'))).toBe('OutOfStock OUT_OF_STOCK: a1 is out of stock');
    expect(new OutOfStock('a1')).not.toHaveProperty('name', 'Error');
    expect(Object.keys(new OutOfStock('a1'))).not.toContain('name');
  });

  test('keeps its cause, and has none of its own making', () => {
    const cause = new Error('ECONNREFUSED');
    expect(new SkerryError('SKERRY_RPC_CONNECT_FAILED', 'no', { cause }).cause).toBe(cause);
    expect('cause' in new SkerryError('SKERRY_RPC_CONNECT_FAILED', 'no')).toBe(false);
  });

  test('becomes JSON without its stack and its cause', () => {
    const origin = { service: 'stock', node: 'stock-1' };
    const cause = new Error('password hunter2');
    const error = new SkerryError('OUT_OF_STOCK', 'none left', {
      details: { sku: 'a1' },
      origin,
      traceId: 'ab',
      cause,
    });
    const text = JSON.stringify(error);
    expect(JSON.parse(text)).toEqual({
      code: 'OUT_OF_STOCK',
      status: 'UNKNOWN',
      message: 'none left',
      retryable: false,
      details: { sku: 'a1' },
      origin,
      traceId: 'ab',
    });
    expect(text).not.toMatch(/hunter2|skerry-error\.spec/);
  });
});

describe('SkerryError.is', () => {
  test('knows its own and what extends it', () => {
    expect(SkerryError.is(new SkerryError('A', 'a'))).toBe(true);
    expect(SkerryError.is(new OutOfStock('a1'))).toBe(true);
  });

  test('knows one from another copy of the package', () => {
    class OtherCopy extends Error {
      readonly code = 'SKERRY_RPC_NO_NODE';
    }
    Object.defineProperty(OtherCopy.prototype, Symbol.for('skerry.error'), { value: true });
    const error = new OtherCopy('no node');
    expect(error).not.toBeInstanceOf(SkerryError);
    expect(SkerryError.is(error)).toBe(true);
    expect(SkerryError.from(error)).toBe(error);
  });

  test.each([
    [undefined],
    [null],
    ['SKERRY'],
    [new Error('x')],
    [{ code: 'SKERRY_RPC_NO_NODE', 'skerry.error': true }],
  ])('is not fooled by %p', (value) => {
    expect(SkerryError.is(value)).toBe(false);
  });
});

describe('SkerryError.from', () => {
  test('gives back what is one', () => {
    const error = new OutOfStock('a1');
    expect(SkerryError.from(error)).toBe(error);
  });

  test.each([[new Error('disk full')], ['text'], [undefined], [null], [Object.create(null)]])(
    'hides %p behind SKERRY_RPC_INTERNAL, as its cause',
    (value: unknown) => {
      const error = SkerryError.from(value);
      expect(error).toMatchObject({ code: 'SKERRY_RPC_INTERNAL', status: 'INTERNAL', retryable: false });
      expect(error.cause).toBe(value);
      expect(error.message).not.toContain('disk full');
    },
  );
});
