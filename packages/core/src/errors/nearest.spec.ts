import { nearest } from './nearest.js';

describe('nearest', () => {
  test('finds a slip of the hand', () => {
    expect(nearest('gretter', ['orders', 'greeter', 'billing'])).toEqual(['greeter']);
  });

  test('puts the nearest first, and the alphabet decides between equals', () => {
    expect(nearest('cat', ['cow', 'cut', 'car', 'cat'])).toEqual(['cat', 'car', 'cut']);
  });

  test('offers nothing when nothing is near', () => {
    expect(nearest('greeter', ['payments', 'audit'])).toEqual([]);
  });

  test('takes a shared stem as near, however long the rest is', () => {
    expect(nearest('greet', ['greeter-for-the-whole-company'])).toEqual(['greeter-for-the-whole-company']);
    expect(nearest('GreetingService', ['Greeting'])).toEqual(['Greeting']);
  });

  test('takes two letters for no stem', () => {
    expect(nearest('or', ['orders-of-the-day'])).toEqual([]);
  });

  test('does not mind upper and lower case', () => {
    expect(nearest('ORDERS', ['orders'])).toEqual(['orders']);
  });

  test('names each candidate once, and no more than asked for', () => {
    expect(nearest('a1', ['a2', 'a2', 'a3', 'a4', 'a5'])).toEqual(['a2', 'a3', 'a4']);
    expect(nearest('a1', ['a2', 'a3'], 1)).toEqual(['a2']);
  });

  test('takes any iterable', () => {
    expect(nearest('hello', new Map([['helo', 1]]).keys())).toEqual(['helo']);
  });
});
