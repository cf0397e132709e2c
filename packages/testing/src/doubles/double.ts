import type { AbstractClass } from '@skerry/core';
import { MethodDouble, type AnswerForm } from './method-double.js';
import { notMethods } from './not-methods.js';

/** The methods of `T`, as a test tells them what to answer and asks what they were called with. */
export type Doubled<T> = {
  readonly [K in keyof T as T[K] extends (...args: never[]) => unknown ? K : never]-?: T[K] extends (
    ...args: infer A
  ) => infer R
    ? MethodDouble<A, R>
    : never;
};

/** Something that looks like a `T`, whose every method is recorded, and answers `undefined` until it is told better. */
export class Double<T = unknown> {
  /** What the application gets. An instance of the class, where there is one. */
  readonly instance: T;
  /** What the test gets. */
  readonly methods: Doubled<T>;
  private readonly made = new Map<string, MethodDouble>();
  private readonly functions = new Map<string, (...args: unknown[]) => unknown>();
  private readonly values: Map<string, unknown>;

  /**
   * @param type      The class that it stands for, if it is one.
   * @param behaviour Values of properties, and what methods do.
   */
  constructor(
    private readonly type: AbstractClass | undefined,
    behaviour: object = {},
  ) {
    this.values = new Map(propertiesOf(behaviour));
    const prototype = (type?.prototype ?? Object.prototype) as object;
    this.instance = new Proxy(Object.create(prototype) as object, {
      get: (target, key) => {
        if (typeof key === 'symbol' || key === 'constructor') return Reflect.get(target, key) as unknown;
        return this.property(key);
      },
      set: (_target, key, value: unknown) => typeof key === 'string' && !!this.values.set(key, value),
      has: (target, key) => (typeof key === 'string' && this.values.has(key)) || Reflect.has(target, key),
    }) as T;
    this.methods = new Proxy(Object.freeze({}), {
      get: (_target, key) => (typeof key === 'symbol' || notMethods.has(key) ? undefined : this.method(key)),
    }) as Doubled<T>;
  }

  private property(key: string): unknown {
    const value = this.values.get(key);
    if (this.values.has(key) && typeof value !== 'function') return value;
    if (notMethods.has(key) && !this.values.has(key)) return undefined;
    if (key in Object.prototype) return Reflect.get(Object.prototype, key) as unknown;
    let called = this.functions.get(key);
    if (!called) {
      const method = this.method(key);
      this.functions.set(key, (called = (...args: unknown[]) => method.call(args)));
    }
    return called;
  }

  private method(key: string): MethodDouble {
    let method = this.made.get(key);
    if (!method) {
      const told = this.values.get(key);
      const behaviour =
        typeof told === 'function'
          ? (...args: unknown[]) => Reflect.apply(told, this.instance, args) as unknown
          : undefined;
      this.made.set(key, (method = new MethodDouble(behaviour, formOf(this.type, key))));
    }
    return method;
  }
}

/** Own ones, and those of the class that it is an instance of. */
function propertiesOf(behaviour: object): [string, unknown][] {
  const names = new Set<string>();
  for (let each = behaviour; each && each !== Object.prototype; each = Object.getPrototypeOf(each) as object) {
    for (const name of Object.getOwnPropertyNames(each)) if (name !== 'constructor') names.add(name);
  }
  return [...names].map((name) => [name, Reflect.get(behaviour, name) as unknown]);
}

/** As far as the class tells: what it declares `async`, or as a generator. */
function formOf(type: AbstractClass | undefined, key: string): AnswerForm {
  const method = (type?.prototype as Record<string, unknown> | undefined)?.[key];
  const kind = Object.prototype.toString.call(method);
  if (kind === '[object AsyncFunction]') return 'promise';
  return kind === '[object AsyncGeneratorFunction]' ? 'stream' : 'any';
}
