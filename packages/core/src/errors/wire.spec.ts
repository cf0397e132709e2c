import fc from 'fast-check';
import { SkerryError } from './skerry-error.js';
import { statuses } from './status.js';
import { ValidationError } from './validation-error.js';
import { errorClasses, fromWire, toWire } from './wire.js';

const here = { service: 'stock', node: 'stock-1' };

class OutOfStock extends SkerryError {
  static readonly code = 'OUT_OF_STOCK';

  constructor(sku: string) {
    super(OutOfStock.code, `${sku} is out of stock`, { status: 'FAILED_PRECONDITION', details: { sku } });
  }

  get sku(): unknown {
    return this.details['sku'];
  }
}

/** As a codec would. */
function cross(error: unknown, traceId?: string): unknown {
  return JSON.parse(JSON.stringify(toWire(error, here, traceId)));
}

describe('an error that crosses a call', () => {
  test('arrives whole', () => {
    fc.assert(
      fc.property(
        fc.record({
          code: fc.string({ minLength: 1 }),
          message: fc.string(),
          status: fc.constantFrom(...statuses),
          retryable: fc.boolean(),
          details: fc.dictionary(
            fc.string().filter((key) => key !== '__proto__'),
            fc.oneof(fc.string(), fc.integer()),
          ),
        }),
        ({ code, message, ...options }) => {
          const arrived = fromWire(cross(new SkerryError(code, message, options), 'ab12'), errorClasses());
          expect(arrived).toBeInstanceOf(SkerryError);
          expect(arrived.toJSON()).toEqual({ code, message, ...options, origin: here, traceId: 'ab12' });
        },
      ),
    );
  });

  test('is revived as the class of the application that has its code', () => {
    const arrived = fromWire(cross(new OutOfStock('a1')), errorClasses([OutOfStock]));
    expect(arrived).toBeInstanceOf(OutOfStock);
    expect((arrived as OutOfStock).sku).toBe('a1');
    expect(String(arrived)).toBe('OutOfStock OUT_OF_STOCK: a1 is out of stock');
  });

  test('is a plain SkerryError where nobody knows its class', () => {
    const arrived = fromWire(cross(new OutOfStock('a1')), errorClasses());
    expect(arrived).not.toBeInstanceOf(OutOfStock);
    expect(arrived).toMatchObject({ code: 'OUT_OF_STOCK', status: 'FAILED_PRECONDITION', details: { sku: 'a1' } });
  });

  test('is revived as a ValidationError with its fields, without anybody naming that', () => {
    const fields = [{ path: 'name', messages: ['name must be a string'] }];
    const arrived = fromWire(cross(new ValidationError('request of a.b', fields)), errorClasses());
    expect(arrived).toBeInstanceOf(ValidationError);
    expect((arrived as ValidationError).fields).toEqual(fields);
  });

  test('still says where it began after a second call', () => {
    const first = fromWire(cross(new OutOfStock('a1'), 'trace-1'), errorClasses([OutOfStock]));
    const second = toWire(first, { service: 'orders', node: 'orders-1' }, 'trace-2');
    expect(second).toMatchObject({ origin: here, traceId: 'trace-1' });
  });

  test('leaves its stack and its cause behind', () => {
    const error = new SkerryError('A', 'a', { cause: new Error('hunter2') });
    const text = JSON.stringify(cross(error));
    expect(text).not.toMatch(/hunter2|stack|wire\.spec/);
    expect('cause' in fromWire(cross(error), errorClasses())).toBe(false);
  });
});

describe('what was not meant to be shown', () => {
  test.each([[new TypeError('password hunter2')], ['hunter2'], [undefined], [null], [{ code: 'OUT_OF_STOCK' }]])(
    '%p crosses as SKERRY_RPC_INTERNAL, with where to look',
    (thrown: unknown) => {
      const wire = toWire(thrown, here, 'ab12');
      expect(wire).toMatchObject({ code: 'SKERRY_RPC_INTERNAL', status: 'INTERNAL', retryable: false, origin: here });
      expect(wire.message).toMatch(/stock .*ab12.*stock-1/);
      expect(JSON.stringify(wire)).not.toMatch(/hunter2|OUT_OF_STOCK/);
    },
  );
});

describe('a hostile peer', () => {
  test('may send anything, and an error comes of it', () => {
    fc.assert(
      fc.property(fc.anything(), (wire) => {
        expect(fromWire(wire, errorClasses([OutOfStock]))).toBeInstanceOf(SkerryError);
      }),
    );
  });

  test('may put anything into the fields, and those of the wrong type are left out', () => {
    const field = fc.oneof(fc.anything(), fc.constantFrom('OUT_OF_STOCK', 'SKERRY_VALIDATION_FAILED', 'UNAVAILABLE'));
    const names = ['code', 'message', 'status', 'retryable', 'details', 'origin', 'traceId'];
    fc.assert(
      fc.property(fc.record(Object.fromEntries(names.map((name) => [name, field]))), (wire) => {
        const error = fromWire(wire, errorClasses([OutOfStock]));
        expect(typeof error.code).toBe('string');
        expect(typeof error.message).toBe('string');
        expect(typeof error.retryable).toBe('boolean');
        expect(statuses).toContain(error.status);
        expect(typeof error.details).toBe('object');
        expect(['string', 'undefined']).toContain(typeof error.traceId);
        expect(() => String(error)).not.toThrow();
        if (error instanceof ValidationError) expect(Array.isArray(error.fields)).toBe(true);
      }),
    );
  });

  test('cannot name a member of Object.prototype as its class', () => {
    for (const code of ['constructor', '__proto__', 'toString']) {
      expect(Object.getPrototypeOf(fromWire({ code }, errorClasses()))).toBe(SkerryError.prototype);
    }
  });

  test('cannot add to an origin', () => {
    const wire = { code: 'A', message: 'a', origin: { ...here, admin: true } };
    expect(fromWire(wire, errorClasses()).origin).toEqual(here);
  });

  test('cannot make an error retryable by anything but true', () => {
    for (const retryable of [1, 'true', {}]) {
      expect(fromWire({ code: 'SKERRY_RPC_NO_NODE', retryable }, errorClasses()).retryable).toBe(false);
    }
  });

  test('who sends no error at all has broken the protocol', () => {
    expect(fromWire(undefined, errorClasses())).toMatchObject({ code: 'SKERRY_RPC_PROTOCOL', status: 'UNKNOWN' });
  });
});
