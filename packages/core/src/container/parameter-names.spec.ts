import { declaredParameters, parameterNames } from './parameter-names.js';

/** The class that plain JavaScript makes of `source`, untouched by a compiler. */
function evaluated(source: string): new () => object {
  return (new Function(`return ${source}`) as () => new () => object)();
}

describe('names of constructor parameters', () => {
  test.each([
    ['class { constructor(a, b) {} }', ['a', 'b']],
    ['class { constructor() {} }', []],
    ['class {}', []],
    ['class { constructor(a = 1, b = f(1, 2), c = [3, 4], d = { e: 5 }) {} }', ['a', 'b', 'c', 'd']],
    ['class { constructor(a = (b, c) => b, d = class { constructor(e) {} }) {} }', ['a', 'd']],
    ['class { constructor({ a, b }, [c], d) {} }', ['', '', 'd']],
    ['class { constructor(a, ...rest) {} }', ['a', 'rest']],
    ['class { constructor(/* first, */ a, // second\n b, /** third */ c) {} }', ['a', 'b', 'c']],
    [`class { constructor(a = ')', b = "(,", c = \`\${')'},\`) {} }`, ['a', 'b', 'c']],
    ['class { constructor(a = /[)(,]/, b) {} }', ['a', 'b']],
    ['class { #secret = 1; #run(b) {} constructor(a) { this.#secret = a; } }', ['a']],
    ['class { constructor($a, _b, größe) {} }', ['$a', '_b', 'größe']],
    ['class { quote = /["\']/; constructor(a) {} }', ['a']],
    ['class { static of(b) { return new this.prototype.constructor(b); } constructor(a) {} }', ['a']],
    ['class { constructor(a, b,) {} }', ['a', 'b']],
    ['function Old(a, b) { this.a = a; }', ['a', 'b']],
  ])('%s', (source, names) => {
    expect(parameterNames(evaluated(`(${source})`))).toEqual(names);
  });

  test('tells a constructor without parameters from none', () => {
    expect(declaredParameters(evaluated('class { constructor() {} }'))).toEqual([]);
    expect(declaredParameters(evaluated('class {}'))).toBeUndefined();
  });
});
