import { IsBoolean, IsInt, IsOptional, IsString, MaxLength, Min } from 'class-validator';

/** Classes of which an application has many: what is fast for a single class alone is not fast. */
export const otherMessages: readonly (new () => object)[] = Array.from({ length: 20 }, (_, number) => {
  const type = class {};
  const rules = [[IsString()], [IsInt(), Min(0)], [IsBoolean()], [IsOptional(), IsString()], [MaxLength(9)]];
  rules.forEach((decorators, field) => {
    for (const decorate of decorators) decorate(type.prototype, `field${number}${field}`);
  });
  return type;
});

/** A message of one of {@link otherMessages}. */
export function otherMessage(number: number): object {
  const values = ['text', 5, true, undefined, 'short'];
  return JSON.parse(
    JSON.stringify(Object.fromEntries(values.map((value, field) => [`field${number}${field}`, value]))),
  ) as object;
}
