import {
  fieldKeyword,
  SkerryError,
  type HandlerDefinition,
  type JsonSchema,
  type ServiceDefinition,
} from '@skerry/core';
import { isFieldNumber, isSchema } from './plan/plan-of.js';

/** Which classes without numbers an application may have. */
export type Unnumbered = 'refuse' | 'value';

/**
 * Throws `SKERRY_HANDLER_INVALID` that lists every field of the messages of `services` that needs a `@Field`, with the next
 * number that is free.
 *
 * @param unnumbered `value` allows classes without any number, which are written as `google.protobuf.Value`; not some.
 */
export function checkNumbers(services: readonly ServiceDefinition[], unnumbered: Unnumbered): void {
  const problems = new Map<string, string[]>();
  for (const service of services) {
    // Those by which Skerry's own parts talk to each other are no one else's.
    if (service.name.startsWith('skerry.')) continue;
    for (const handler of service.handlers) {
      for (const schema of schemasOf(handler)) {
        for (const problem of problemsOf(schema, unnumbered)) {
          const at = problems.get(problem) ?? problems.set(problem, []).get(problem)!;
          const place = `${service.name}.${handler.name}`;
          if (!at.includes(place)) at.push(place);
        }
      }
    }
  }
  if (problems.size === 0) return;
  const lines = [...problems].map(([problem, places]) => `${problem} (${places.join(', ')})`);
  throw new SkerryError(
    'SKERRY_HANDLER_INVALID',
    `Cannot serve in protobuf: messages have fields without a number.\n  ${lines.join('\n  ')}\n` +
      "  Numbers are for good: who has the old class reads by them. Or ProtobufModule.forRoot({ unnumbered: 'value' }) " +
      'writes classes without any number as google.protobuf.Value.',
    { details: { problems: lines } },
  );
}

function schemasOf({ schemas: { request, reply } }: HandlerDefinition): JsonSchema[] {
  return [request, reply].flatMap((schema) => {
    if (!schema) return [];
    const definitions = isSchema(schema['$defs']) ? Object.values(schema['$defs']).filter(isSchema) : [];
    return [schema, ...definitions];
  });
}

function problemsOf({ title, properties }: JsonSchema, unnumbered: Unnumbered): string[] {
  if (!isSchema(properties)) return [];
  const numbers = new Map<number, string>();
  const missing: string[] = [];
  const problems: string[] = [];
  for (const [key, property] of Object.entries(properties)) {
    const number = isSchema(property) ? property[fieldKeyword] : undefined;
    const twin = isFieldNumber(number) ? numbers.get(number) : undefined;
    if (!isFieldNumber(number)) missing.push(key);
    else if (twin === undefined) numbers.set(number, key);
    else problems.push(`${String(title)}.${key} has the number ${number} of ${twin}: give it ${next(numbers)}`);
  }
  if (unnumbered === 'value' && numbers.size === 0) return problems;
  let free = numbers.size === 0 ? 1 : next(numbers);
  return [...problems, ...missing.map((key) => `${String(title)}.${key} has no number: add @Field(${free++})`)];
}

function next(numbers: ReadonlyMap<number, string>): number {
  return Math.max(...numbers.keys()) + 1;
}
