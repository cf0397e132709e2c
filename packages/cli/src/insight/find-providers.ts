import type { Application, ProviderNode } from '@skerry/core';
import type { Loaded } from '../application/loaded.js';

/**
 * The providers that are meant by a word: the name of a token, with quotes or without, or that of a service; `Module.Token` where
 * several modules have one.
 */
export function findProviders(asked: string, app: Application): ProviderNode[] {
  const { graph, served } = app;
  const service = served.find((each) => each.service.name === asked)?.provider;
  const named = (wanted: string, same: (a: string, b: string) => boolean): ProviderNode[] =>
    graph.providers.filter((each) => namesOf(each).some((name) => same(name, wanted)));
  const exact = named(asked, (a, b) => a === b);
  if (exact.length > 0) return exact;
  if (service) return [service];
  return named(asked, (a, b) => a.toLowerCase() === b.toLowerCase());
}

/** That none of the applications has what was asked for, with the nearest names of all of them. */
export function notFound(asked: string, applications: readonly Loaded[]): Error {
  const { nearest, SkerryError } = applications[0]!.core;
  const names = applications.flatMap(({ app: { graph, served } }) => [
    ...graph.providers.flatMap(namesOf),
    ...served.map(({ service: { name } }) => name),
  ]);
  const near = nearest(asked, [...new Set(names)]);
  const hint = near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ' skerry graph --all shows what there is.';
  const where = applications.map(({ name }) => name).join(', ');
  return new SkerryError('SKERRY_DI_NOT_FOUND', `Nothing in ${where} provides ${asked}.${hint}`);
}

function namesOf({ name, module }: ProviderNode): string[] {
  const bare = name.replace(/^'(.*)'$/, '$1');
  return [...new Set([name, bare, `${module.name}.${name}`, `${module.name}.${bare}`])];
}
