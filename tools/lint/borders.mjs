import { dirname, relative, resolve, sep } from 'node:path';
import { eachImport } from './each-import.mjs';

/**
 * A path never leads from one package, lib or application into another: it would go around what that one exports.
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
      if (!to || to === home) return;
      context.report({ node, messageId: to.startsWith('apps/') ? 'app' : 'package', data: { to } });
    });
  },
};

/** @param {string} path @returns {string | undefined} `packages/core` of `packages/core/src/index.ts`. */
function projectOf(path) {
  const [kind = '', name] = path.split(sep);
  return name && ['packages', 'libs', 'apps'].includes(kind) ? `${kind}/${name}` : undefined;
}
