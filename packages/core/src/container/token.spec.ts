import { InjectionToken, isClass, isToken, resolveThunk, tokenKey, tokenName } from './token.js';

abstract class Port {
  abstract open(): void;
}

class Plain {}

describe('tokens', () => {
  test.each([
    ['a class', Plain],
    ['an abstract class', Port],
    ['an InjectionToken', new InjectionToken('LIMIT')],
    ['a string', 'dsn'],
    ['a symbol', Symbol('dsn')],
  ])('%s is one', (_, token) => {
    expect(isToken(token)).toBe(true);
  });

  test.each([
    ['an empty string', ''],
    ['an arrow function', () => Plain],
    ['an object', { name: 'LIMIT' }],
    ['a number', 1],
    ['nothing', undefined],
    ['null', null],
  ])('%s is none', (_, value) => {
    expect(isToken(value)).toBe(false);
  });

  test('InjectionTokens are the same only when they have the same key', () => {
    const key = Symbol('limit');
    const [one, other] = [new InjectionToken('LIMIT', { key }), new InjectionToken('THE_LIMIT', { key })];
    expect(tokenKey(one)).toBe(tokenKey(other));
    expect(tokenKey(new InjectionToken('LIMIT'))).not.toBe(tokenKey(new InjectionToken('LIMIT')));
  });

  test('are called by what people wrote', () => {
    expect([Plain, new InjectionToken('LIMIT'), 'dsn', Symbol('dsn'), class {}].map(tokenName)).toEqual([
      'Plain',
      'LIMIT',
      "'dsn'",
      'Symbol(dsn)',
      '(anonymous class)',
    ]);
  });

  test('an arrow function stands for what it returns, and a class for itself', () => {
    expect(resolveThunk(() => Port)).toBe(Port);
    expect(resolveThunk(Plain)).toBe(Plain);
    expect(resolveThunk('dsn')).toBe('dsn');
  });

  test('a function without a prototype is no class', () => {
    expect(isClass(Plain)).toBe(true);
    expect(isClass(Port)).toBe(true);
    expect(isClass(() => Plain)).toBe(false);
    expect(isClass({ make() {} }.make)).toBe(false);
    expect(isClass(Plain.bind(undefined))).toBe(false);
  });
});
