import type * as Core from '@skerry/core';
import type { Application, ProviderNode } from '@skerry/core';

/**
 * The providers that are meant by a word: the name of a token, with quotes or without, or that of a service; `Module.Token` where
 * several modules have one. Throws `SKERRY_DI_NOT_FOUND`, with the nearest names, where there is none.
 */
export function findProviders(asked: string, app: Application, { nearest, SkerryError }: typeof Core): ProviderNode[] {
  const { graph, served } = app;
  const service = served.find((each) => each.service.name === asked)?.provider;
  const named = (wanted: string, same: (a: string, b: string) => boolean): ProviderNode[] =>
    graph.providers.filter((each) => namesOf(each).some((name) => same(name, wanted)));
  const exact = named(asked, (a, b) => a === b);
  if (exact.length > 0) return exact;
  if (service) return [service];
  const alike = named(asked, (a, b) => a.toLowerCase() === b.toLowerCase());
  if (alike.length > 0) return alike;
  const near = nearest(asked, [
    ...new Set(graph.providers.flatMap(namesOf)),
    ...served.map(({ service: { name } }) => name),
  ]);
  const hint = near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ' skerry graph --all shows what there is.';
  throw new SkerryError('SKERRY_DI_NOT_FOUND', `Nothing in ${app.name} provides ${asked}.${hint}`);
}

function namesOf({ name, module }: ProviderNode): string[] {
  const bare = name.replace(/^'(.*)'$/, '$1');
  return [...new Set([name, bare, `${module.name}.${name}`, `${module.name}.${bare}`])];
}
