import { Inject, Injectable, injectableOf, Optional, ownParametersOf } from './injectable.js';

describe('what decorators say', () => {
  @Injectable({ scope: 'request' })
  class Parent {
    constructor(@Inject('parent') readonly first: unknown) {}
  }

  class Plain extends Parent {}

  class Child extends Parent {
    constructor(
      @Optional() second: unknown,
      @Inject('child') readonly own: unknown,
    ) {
      super(second);
    }
  }

  test('belongs to the class that they stand on, and not to those that extend it', () => {
    expect(injectableOf(Parent)).toMatchObject({ scope: 'request' });
    expect(injectableOf(Plain)).toBeUndefined();
    expect(ownParametersOf(Plain)).toBeUndefined();
  });

  test('about the parameters of a class does not change those of its parent', () => {
    expect(ownParametersOf(Parent)).toEqual(new Map([[0, { token: 'parent' }]]));
    expect(ownParametersOf(Child)).toEqual(
      new Map([
        [0, { optional: true }],
        [1, { token: 'child' }],
      ]),
    );
  });

  test('is refused at the parameter of a method, which nobody would inject', () => {
    const decorate = Inject('token') as (target: object, method: string, index: number) => void;
    expect(() => decorate(Child.prototype, 'work', 0)).toThrow(
      /parameter 0 of Child\.work: only constructors are injected/,
    );
  });
});
