import { createRequire } from 'node:module';
import type { TransformMetadata, TypeMetadata } from 'class-transformer';
import type { MetadataStorage as ConversionStorage } from 'class-transformer/types/MetadataStorage.js';
import type { MetadataStorage as RuleStorage } from 'class-validator';

/** A class, as decorator metadata gives it. */
export type Constructor = new (...args: never[]) => unknown;

const require = createRequire(import.meta.url);

/** class-transformer's number for reading a message, against writing one. */
export const plainToClass = 0;

/**
 * The rules that class-validator's decorators recorded; `undefined` when it was never loaded. It keeps them in one global
 * for all of its copies, so there is no need to import it: an application without DTOs saves its 0.2 s, and a bundled one
 * may carry a copy of its own.
 */
export function recordedRules(): RuleStorage | undefined {
  return (globalThis as { classValidatorMetadataStorage?: RuleStorage }).classValidatorMetadataStorage;
}

/**
 * What class-transformer's decorators recorded. Each of its copies has its own record: this is the one that `import` and
 * `require` of `class-transformer` share, seen from this package. Its index does not export it.
 */
export function recordedConversions(): ConversionStorage {
  const { defaultMetadataStorage } = require('class-transformer/cjs/storage.js') as {
    defaultMetadataStorage: ConversionStorage;
  };
  return defaultMetadataStorage;
}

/** The fields of a class and its parents that class-transformer's decorators stand at, parents first. */
export function convertedFields(conversions: ConversionStorage, type: Constructor): Set<string> {
  const { _typeMetadatas, _transformMetadatas, _exposeMetadatas } = conversions as unknown as Record<
    '_typeMetadatas' | '_transformMetadatas' | '_exposeMetadatas',
    ReadonlyMap<unknown, ReadonlyMap<string | undefined, unknown>>
  >;
  const names = new Set<string>();
  for (const each of lineage(type)) {
    for (const recorded of [_typeMetadatas, _transformMetadatas, _exposeMetadatas]) {
      // A decorator at the class itself is recorded under undefined.
      for (const name of recorded.get(each)?.keys() ?? []) if (name !== undefined) names.add(name);
    }
  }
  return names;
}

function lineage(type: Constructor): unknown[] {
  const classes: unknown[] = [];
  for (let each: unknown = type; typeof each === 'function'; each = Object.getPrototypeOf(each)) classes.unshift(each);
  return classes;
}

/**
 * The name that a field has in a message; `undefined` for one that messages do not set: `@Exclude()`, or a group, as
 * messages are read without groups.
 */
export function wireKey(conversions: ConversionStorage, type: Constructor, name: string): string | undefined {
  const applies = (options: { toClassOnly?: boolean; toPlainOnly?: boolean } | undefined): boolean =>
    !options?.toPlainOnly || options.toClassOnly === true;
  const exclude = conversions.findExcludeMetadata(type, name);
  if (exclude && applies(exclude.options)) return undefined;
  const expose = conversions.findExposeMetadata(type, name);
  if (expose?.options?.groups?.length) return undefined;
  if (expose && applies(expose.options)) return expose.options?.name ?? name;
  return conversions.getStrategy(type) === 'excludeAll' ? undefined : name;
}

export function transformsOf(conversions: ConversionStorage, type: Constructor, name: string): TransformMetadata[] {
  return conversions.findTransformMetadatas(type, name, plainToClass).filter(({ options }) => !options?.groups?.length);
}

export function typeOf(conversions: ConversionStorage, type: Constructor, name: string): TypeMetadata | undefined {
  return conversions.findTypeMetadata(type, name);
}
