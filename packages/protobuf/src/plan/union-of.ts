import type { JsonSchema } from '@skerry/core';
import { isTrap } from './message-plan.js';

/** A union as `@Type` with a discriminator describes it. */
export interface Union {
  readonly property: string;
  readonly variants: readonly { readonly name: string; readonly schema: JsonSchema }[];
}

/** `undefined` for an `anyOf` that is something else. */
export function unionOf(members: readonly unknown[]): Union | undefined {
  const variants: { name: string; schema: JsonSchema }[] = [];
  let property: string | undefined;
  for (const member of members) {
    if (typeof member !== 'object' || member === null) return undefined;
    const { $ref, properties } = member as JsonSchema;
    if (typeof $ref !== 'string' || typeof properties !== 'object' || properties === null) return undefined;
    const [[key, schema] = [], ...others] = Object.entries(properties as Record<string, unknown>);
    if (key === undefined || others.length > 0 || key !== (property ??= key) || isTrap(key)) return undefined;
    const name = typeof schema === 'object' && schema !== null ? (schema as JsonSchema)['const'] : undefined;
    if (typeof name !== 'string' || variants.some((each) => each.name === name)) return undefined;
    variants.push({ name, schema: { $ref } });
  }
  return property === undefined ? undefined : { property, variants };
}
