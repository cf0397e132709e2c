import { isInjectionToken, tokenKey } from '../container/token.js';
import type { ModuleNode, ProviderNode } from './graph.js';
import { at, type Problem } from './problem.js';
import type { Visibility } from './visibility.js';

/**
 * Finds providers that were meant to take the place of one of Skerry's own and cannot, because Skerry does not see them. The
 * application would run on the default, and nobody would know why.
 */
export function hiddenEngines(root: ModuleNode, modules: readonly ModuleNode[], visibility: Visibility): Problem[] {
  const builtIn = modules.filter((module) => module.builtIn);
  const others = modules.filter((module) => !module.builtIn).flatMap((module) => module.providers);
  return builtIn.flatMap((skerry) => {
    // Classes, such as Clock, a module may well provide for itself alone; nobody else has a use for these tokens.
    const replaceable = skerry.providers.filter(
      ({ fallback, multi, token }) => (fallback || multi) && isInjectionToken(token),
    );
    return replaceable.flatMap(({ token }) => {
      const sight = visibility.see(skerry, token);
      const seen: readonly ProviderNode[] =
        sight.kind === 'one' ? [sight.provider] : sight.kind === 'none' ? [] : sight.providers;
      return others
        .filter((each) => tokenKey(each.token) === tokenKey(token) && !seen.includes(each))
        .map((each) => hidden(root, each));
    });
  });
}

function hidden(root: ModuleNode, { module, name }: ProviderNode): Problem {
  return {
    code: 'SKERRY_DI_NOT_IMPORTED',
    message: `Cannot use ${name} of ${module.name}: Skerry sees what ${root.name} sees, and that is not among it.`,
    ...at(module.site, module.type.name),
    path: [...module.path, name],
    found: [`${module.name} provides ${name}`],
    fix: `import ${module.name} in ${root.name}, and let it export ${name}; or make it a global module: { global: true, exports: [${name}] }`,
  };
}
