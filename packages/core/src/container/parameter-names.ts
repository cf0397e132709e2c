import { constructorList, splitList, withoutNoise } from './class-text.js';
import type { AbstractClass } from './token.js';

/**
 * The parameters of the constructor that `type` itself declares, as they stand in its source text, without comments;
 * `undefined` when it declares none.
 */
export function declaredParameters(type: AbstractClass): readonly string[] | undefined {
  const text = withoutNoise(Function.prototype.toString.call(type));
  // A class that was compiled to a function is its constructor.
  const heading = /^function\b[^(]*\(/.exec(text)?.[0].length;
  const list = heading ? { start: heading, end: text.indexOf(')', heading) } : constructorList(text);
  return list && splitList(text, list);
}

/**
 * The names of those parameters: decorators know only indexes. A parameter that is destructured has an empty name; a class
 * that was minified has short ones.
 */
export function parameterNames(type: AbstractClass): readonly string[] {
  return (declaredParameters(type) ?? []).map(
    (parameter) => /^(?:\.\.\.)?\s*([\p{ID_Start}$_][\p{ID_Continue}$]*)/u.exec(parameter)?.[1] ?? '',
  );
}
