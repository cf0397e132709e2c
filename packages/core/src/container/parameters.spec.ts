import { Inject, Injectable, InjectLazy, Optional } from './injectable.js';
import { constructorParameters, factoryParameters, type Parameter } from './parameters.js';
import { InjectionToken, type AbstractClass, type Class } from './token.js';

@Injectable()
class Stock {}

@Injectable()
class Payments {}

interface Settings {
  readonly currency: string;
}

const LIMIT = new InjectionToken<number>('LIMIT');

/** As a compiler that records no types leaves a class. */
function withoutTypes<T extends AbstractClass>(type: T): T {
  Reflect.deleteMetadata('design:paramtypes', type);
  return type;
}

function tokensOf(type: Class): unknown[] {
  return constructorParameters(type).map((parameter) => parameter.token ?? parameter.lost?.found);
}

function only(parameters: readonly Parameter[]): Parameter {
  expect(parameters).toHaveLength(1);
  return parameters[0]!;
}

describe('what a constructor asks for', () => {
  test('is read from the types of its parameters', () => {
    @Injectable()
    class Orders {
      constructor(
        readonly stock: Stock,
        readonly payments: Payments,
      ) {}
    }
    expect(tokensOf(Orders)).toEqual([Stock, Payments]);
  });

  test('is read from @Inject before the type', () => {
    @Injectable()
    class Orders {
      constructor(
        @Inject(LIMIT) readonly limit: number,
        @Inject('dsn') readonly dsn: string,
        @Inject(Payments) readonly stock: Stock,
        @Inject(() => Later) readonly later: unknown,
      ) {}
    }
    class Later {}
    expect(tokensOf(Orders)).toEqual([LIMIT, 'dsn', Payments, Later]);
  });

  test('may be optional or lazy, in any order of decorators', () => {
    @Injectable()
    class Orders {
      constructor(
        @Optional() readonly stock: Stock,
        @Optional() @Inject('dsn') readonly dsn: string | undefined,
        @Inject('dsn') @Optional() readonly same: string | undefined,
        @InjectLazy(() => Payments) readonly payments: unknown,
        @Optional() @InjectLazy(Payments) readonly both: unknown,
      ) {}
    }
    expect(constructorParameters(Orders)).toEqual([
      { index: 0, optional: true, lazy: false, token: Stock },
      { index: 1, optional: true, lazy: false, token: 'dsn' },
      { index: 2, optional: true, lazy: false, token: 'dsn' },
      { index: 3, optional: false, lazy: true, token: Payments },
      { index: 4, optional: true, lazy: true, token: Payments },
    ]);
  });

  test('needs no recorded types where every parameter names its token', () => {
    @Injectable()
    class Orders {
      constructor(
        @Inject(Stock) readonly stock: Stock,
        @Inject(LIMIT) readonly limit: number,
      ) {}
    }
    expect(tokensOf(withoutTypes(Orders))).toEqual([Stock, LIMIT]);
  });

  test('is nothing for a class without a constructor, decorated or not', () => {
    @Injectable()
    class Decorated {}
    class Plain {}
    expect(tokensOf(Decorated)).toEqual([]);
    expect(tokensOf(Plain)).toEqual([]);
  });

  test('leaves out what has a default value, in a class without a decorator', () => {
    class Retry {
      constructor(readonly attempts = 3) {}
    }
    expect(tokensOf(Retry)).toEqual([]);
  });
});

describe('a type that was lost', () => {
  const types: readonly [string, unknown, string, RegExp][] = [
    ['an interface', Object, 'Object', /interface.*import type/],
    ['a function', Function, 'Function', /function/],
    ['a class of a circle of imports', undefined, 'undefined', /two files import each other/],
    ['a string', String, 'String', /string/],
    ['a number', Number, 'Number', /number/],
    ['a boolean', Boolean, 'Boolean', /boolean/],
    ['a bigint', BigInt, 'BigInt', /bigint/],
    ['a symbol', Symbol, 'Symbol', /symbol/],
    ['an array', Array, 'Array', /array/],
    ['a promise', Promise, 'Promise', /promise/],
    ['what is no class at all', 5, 'number', /no class/],
  ];

  test.each(types)('of %s is explained', (_, type, found, cause) => {
    class Orders {}
    Reflect.defineMetadata('design:paramtypes', [type], Orders);
    const { lost, token } = only(constructorParameters(Orders));
    expect(token).toBeUndefined();
    expect(lost).toEqual({ found, cause: expect.stringMatching(cause) as string });
  });

  test('is what the compiler really writes', () => {
    @Injectable()
    class Orders {
      constructor(
        readonly settings: Settings,
        readonly run: () => void,
        readonly currency: string,
        readonly either: Stock | Payments,
        readonly all: Stock[],
      ) {}
    }
    expect(tokensOf(Orders)).toEqual(['Object', 'Function', 'String', 'Object', 'Array']);
  });

  test('is laid to the compiler where the class has a decorator, and to the lack of one where it has none', () => {
    @Injectable()
    class Decorated {
      constructor(readonly stock: Stock) {}
    }
    class Plain {
      constructor(readonly stock: Stock) {}
    }
    expect(only(constructorParameters(withoutTypes(Decorated))).lost?.cause).toMatch(
      /emitDecoratorMetadata.*decoratorMetadata/,
    );
    expect(only(constructorParameters(Plain)).lost?.cause).toContain('Plain has no decorator: add @Injectable()');
  });

  test('of an explicit token is explained as well', () => {
    const lostOf = (token: unknown) => only(factoryParameters([token as never])).lost;
    expect(lostOf(undefined)).toMatchObject({
      found: 'undefined',
      cause: expect.stringContaining('() => Token') as string,
    });
    expect(lostOf('')).toMatchObject({ found: 'string', cause: expect.stringContaining('not empty') as string });
    expect(lostOf(null)?.found).toBe('null');
    expect(
      lostOf(() => {
        throw new ReferenceError('Stock is not defined');
      }),
    ).toMatchObject({ found: 'nothing', cause: expect.stringContaining('Stock is not defined') as string });
  });
});

test('a factory asks for what it lists, with everything that a decorator can say', () => {
  expect(
    factoryParameters([Stock, () => Payments, { token: 'dsn', optional: true }, { token: () => Stock, lazy: true }]),
  ).toEqual([
    { index: 0, optional: false, lazy: false, token: Stock },
    { index: 1, optional: false, lazy: false, token: Payments },
    { index: 2, optional: true, lazy: false, token: 'dsn' },
    { index: 3, optional: false, lazy: true, token: Stock },
  ]);
});
