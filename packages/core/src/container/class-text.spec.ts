import { constructorList, splitList, withoutNoise } from './class-text.js';

function listOf(source: string): string[] | undefined {
  const text = withoutNoise(source);
  const list = constructorList(text);
  return list && splitList(text, list);
}

describe('blanking out noise', () => {
  test('keeps the length and the lines of the text', () => {
    const source = 'a /* one\ntwo */ b\n// three\nc `four\n${five}`';
    const text = withoutNoise(source);
    expect(text).toHaveLength(source.length);
    expect(text.split('\n')).toHaveLength(source.split('\n').length);
  });

  test.each([
    ['a line comment', 'a // x\nb'],
    ['a block comment', 'a /* x */ b'],
    ['a block comment that never ends', 'a /* x'],
    ['a string', "a 'x' b"],
    ['a string with its own quote in it', "a '\\'x' b"],
    ['a string in double quotes', 'a "x\'" b'],
    ['a template', 'a `x` b'],
    ['a template that never ends', 'a `x'],
    ['the text of a template around its holes', 'a `x${b}x${c}x` d'],
    ['a regular expression', 'a = /x/g'],
    ['a regular expression with a slash in a class', 'a = /[/x]x/'],
    ['a regular expression with a quote in it', "a = /'x/; b = 'x'"],
    ['a regular expression that is returned', 'return /x/'],
  ])('removes %s', (_, source) => {
    expect(withoutNoise(source)).not.toContain('x');
  });

  test.each([
    ['what is divided', 'a = b / x / c'],
    ['what a string is divided by', "a = '4' / x / c"],
    ['a call that is divided', 'a = b() / x / c'],
    ['the code in the holes of a template', 'a = `b ${x} c`'],
    ['code in braces in the holes of a template', 'a = `b ${f({ c: x })} c`'],
    ['what follows a template in the hole of another', 'a = `b ${`c` + x} d`'],
    ['what follows a comment', '/* a */ x // b'],
  ])('keeps %s', (_, source) => {
    expect(withoutNoise(source)).toContain('x');
  });
});

describe('finding the constructor of a class', () => {
  test('finds none in a class that declares none', () => {
    expect(listOf('class A { run(a) {} }')).toBeUndefined();
    expect(listOf('no class at all')).toBeUndefined();
  });

  test.each([
    ['a call of a constructor before it', 'class A { make() { return new this.constructor(b) } constructor(a) {} }'],
    ['a field that names it', 'class A { type = this.constructor(b); constructor(a) {} }'],
    ['a static method of its name', 'class A { static constructor(b) {} constructor(a) {} }'],
    ['a method whose name ends like it', 'class A { $constructor(b) {} constructor(a) {} }'],
    ['a class inside of it', 'class A { inner = class { constructor(b) {} }; constructor(a) {} }'],
    ['a class that it extends', 'class A extends class { constructor(b) {} } { constructor(a) {} }'],
    ['a call that it extends', 'class A extends mixin({ constructor(b) {} }) { constructor(a) {} }'],
    ['its type parameters', 'class A<T extends { b: string }> extends B<{ c: T }, C> { constructor(a) {} }'],
    ['a static block', 'class A { static { f(b) } constructor(a) {} }'],
    ['a comment with a constructor in it', 'class A { /* constructor(b) */ constructor(a) {} }'],
    ['its signatures', 'class A { constructor(b); constructor(a) {} }'],
  ])('is not confused by %s', (_, source) => {
    expect(listOf(source)).toEqual(['a']);
  });

  test('looks into the class that begins at the given place', () => {
    const text = withoutNoise('class A { constructor(a) {} } class B { constructor(b) {} } class C {}');
    const at = (name: string) => constructorList(text, text.indexOf(`class ${name}`));
    expect(splitList(text, at('B')!)).toEqual(['b']);
    expect(at('C')).toBeUndefined();
  });

  test('splits at the commas between parameters only', () => {
    const source = 'class A { constructor(a, b = [1, 2], c = { d: 3, e: 4 }, f = (g, h) => g, { i, j }, ...k,) {} }';
    expect(listOf(source)).toEqual(['a', 'b = [1, 2]', 'c = { d: 3, e: 4 }', 'f = (g, h) => g', '{ i, j }', '...k']);
    expect(listOf('class A { constructor() {} }')).toEqual([]);
  });
});
