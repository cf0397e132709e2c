import { dirname, relative, resolve, sep } from 'node:path';
import { eachImport } from './each-import.mjs';

/**
 * A path never leads from one package, lib or application into another: it would go around what that one exports. A workspace that is an
 * application reaches into its own packages, as its tests of them all together do.
 *
 * @type {import('eslint').Rule.RuleModule}
 */
export const borders = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      package: 'This reaches into {{to}}: import it by its name, and export there what is missing.',
      app: 'This reaches into {{to}}: nothing imports an application. Move what both need into a package.',
    },
  },
  create(context) {
    const home = projectOf(relative(context.cwd, context.filename));
    if (!home) return {};
    return eachImport((specifier, node) => {
      if (!specifier.startsWith('.')) return;
      const to = projectOf(relative(context.cwd, resolve(dirname(context.filename), specifier)));
      if (!to || to === home || to.startsWith(`${home}/`)) return;
      context.report({ node, messageId: /(^|\/)apps\/[^/]+$/.test(to) ? 'app' : 'package', data: { to } });
    });
  },
};

/**
 * @param {string} path
 * @returns {string | undefined} `packages/core` of `packages/core/src/index.ts`, `apps/shop/libs/engines` of a file in there.
 */
function projectOf(path) {
  const parts = path.split(sep);
  const [kind = '', name] = parts;
  if (!name || !['packages', 'libs', 'apps'].includes(kind)) return undefined;
  const [innerKind = '', innerName] = parts.slice(2);
  const nested = kind === 'apps' && innerName && ['libs', 'apps'].includes(innerKind);
  return nested ? `${kind}/${name}/${innerKind}/${innerName}` : `${kind}/${name}`;
}
