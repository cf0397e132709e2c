import type { JsonSchema } from '@skerry/core';

/** What a schema asks of a value beyond its type, in words: `1 to 80 characters`. Empty when nothing. */
export function rulesOf(schema: JsonSchema): string {
  const { format, pattern, multipleOf, uniqueItems } = schema;
  const rules = [
    typeof format === 'string' ? format : '',
    counted(schema, 'minLength', 'maxLength', 'character'),
    range(schema),
    typeof multipleOf === 'number' ? `a multiple of ${multipleOf}` : '',
    counted(schema, 'minItems', 'maxItems', 'item'),
    uniqueItems === true ? 'no duplicates' : '',
    counted(schema, 'minProperties', 'maxProperties', 'field'),
    typeof pattern === 'string' ? `like /${pattern}/` : '',
    'default' in schema ? `default ${JSON.stringify(schema['default'])}` : '',
  ];
  return rules.filter(Boolean).join(', ');
}

function counted(schema: JsonSchema, least: string, most: string, unit: string): string {
  const min = numberOf(schema[least]) || undefined;
  const max = numberOf(schema[most]);
  const bounds = between(min, max);
  return bounds && `${bounds} ${unit}${(max ?? min) === 1 ? '' : 's'}`;
}

function range(schema: JsonSchema): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const more = numberOf(exclusiveMinimum);
  const less = numberOf(exclusiveMaximum);
  return [
    between(numberOf(minimum), numberOf(maximum)),
    more === undefined ? '' : `more than ${more}`,
    less === undefined ? '' : `less than ${less}`,
  ]
    .filter(Boolean)
    .join(', ');
}

function between(min: number | undefined, max: number | undefined): string {
  if (min !== undefined && max !== undefined) return min === max ? `exactly ${min}` : `${min} to ${max}`;
  if (min !== undefined) return `at least ${min}`;
  return max === undefined ? '' : `at most ${max}`;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
