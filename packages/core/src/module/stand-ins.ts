import { isInjectionToken, tokenKey, type Token } from '../container/token.js';
import type { ModuleNode } from './graph.js';
import { providerNode } from './provider-node.js';
import type { Seams } from './seams.js';
import type { Visibility } from './visibility.js';

/**
 * Lets Skerry's own module provide what nothing does, where somebody gives a stand-in for it. What is provided somewhere and merely
 * out of sight is left: that is a mistake of the wiring, which a test shall show.
 *
 * @returns the keys of the tokens that have one now.
 */
export function provideStandIns(
  builtIn: ModuleNode,
  modules: readonly ModuleNode[],
  visibility: Visibility,
  standIn: NonNullable<Seams['standIn']>,
): ReadonlySet<unknown> {
  const provided = new Set(modules.flatMap(({ providers }) => providers.map(({ token }) => tokenKey(token))));
  const given = new Set<unknown>();
  for (const token of wanted(modules, visibility)) {
    const key = tokenKey(token);
    if (provided.has(key)) continue;
    provided.add(key);
    const provider = standIn(token);
    if (!provider) continue;
    given.add(key);
    builtIn.providers.push(providerNode(builtIn, token, provider, { multi: false, fallback: false }));
    builtIn.exports.push(token);
  }
  return given;
}

function wanted(modules: readonly ModuleNode[], visibility: Visibility): Token[] {
  return modules.flatMap((module) =>
    module.providers.flatMap(({ parameters }) =>
      parameters.flatMap(({ token, optional }): Token[] => {
        if (!token || optional || visibility.see(module, token).kind !== 'none') return [];
        return isInjectionToken(token) && token.derivation ? [] : [token];
      }),
    ),
  );
}
