import { Inject, Injectable } from './injectable.js';
import { constructorParameters } from './parameters.js';
import { InjectionToken, type Class } from './token.js';

@Injectable()
class Stock {}

@Injectable()
class Payments {}

const LIMIT = new InjectionToken<number>('LIMIT');

function tokensOf(type: Class): unknown[] {
  return constructorParameters(type).map((parameter) => parameter.token ?? parameter.lost?.found);
}

describe('an inherited constructor', () => {
  @Injectable()
  class Repository {
    constructor(
      readonly stock: Stock,
      @Inject(LIMIT) readonly limit: number,
    ) {}
  }

  test('a class without a constructor asks for what its parent asks for', () => {
    @Injectable()
    class Orders extends Repository {
      readonly name = 'orders';
    }
    class Undecorated extends Orders {}
    expect(tokensOf(Orders)).toEqual([Stock, LIMIT]);
    expect(tokensOf(Undecorated)).toEqual([Stock, LIMIT]);
  });

  test('a constructor of its own hides the parent’s, with its decorators', () => {
    @Injectable()
    class Orders extends Repository {
      constructor(readonly payments: Payments) {
        super(new Stock(), 1);
      }
    }
    expect(tokensOf(Orders)).toEqual([Payments]);
  });

  /** As plain JavaScript, which TypeScript would not write. */
  const extending = (parent: Class, constructor: string) =>
    (new Function('Parent', `return class extends Parent { ${constructor} }`) as (parent: Class) => Class)(parent);

  test('so does one that takes nothing, however it is written', () => {
    @Injectable()
    class Decorated extends Repository {
      constructor() {
        super(new Stock(), 1);
      }
    }
    expect(tokensOf(Decorated)).toEqual([]);
    expect(tokensOf(extending(Repository, 'constructor(/* nothing */) { super() }'))).toEqual([]);
    expect(tokensOf(extending(Repository, 'constructor(a = 1) { super(a) }'))).toEqual([]);
  });

  test('a constructor that only passes on, as mixins have it, asks for what its parent asks for', () => {
    const mixin = () => extending(Repository, 'constructor(...args) { super(...args) }');
    expect(tokensOf(mixin())).toEqual([Stock, LIMIT]);
    for (const written of [Object, Array]) {
      const decorated = mixin();
      Reflect.defineMetadata('design:paramtypes', [written], decorated);
      expect(tokensOf(decorated)).toEqual([Stock, LIMIT]);
    }
  });

  test('a parent without a decorator whose types nobody recorded is said to lack one', () => {
    class Parent {
      constructor(readonly stock: Stock) {}
    }
    @Injectable()
    class Child extends Parent {}
    const { lost } = constructorParameters(Child)[0]!;
    expect(lost).toMatchObject({ found: 'nothing' });
    expect(lost?.cause).toContain('Parent has no decorator: add @Injectable()');
  });
});
