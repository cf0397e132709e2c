import type { Loaded } from '../application/loaded.js';
import { findProviders, notFound } from './find-providers.js';
import { whyOf, type Why } from './why.js';

/**
 * Why something is in each application that has it. Throws `SKERRY_DI_NOT_FOUND`, with the nearest names, where none has.
 *
 * @param asked The name of a token, with quotes or without, or that of a service; `Module.Token` for one of several.
 */
export function whyInEach(asked: string, applications: readonly Loaded[]): Why[] {
  const found = applications.flatMap(({ name, app, core }) => {
    const providers = findProviders(asked, app);
    return providers.length === 0 ? [] : [{ ...whyOf(providers, app, core), application: name }];
  });
  if (found.length === 0) throw notFound(asked, applications);
  return found;
}
