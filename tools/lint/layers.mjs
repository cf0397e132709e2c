import { dirname, relative, resolve, sep } from 'node:path';
import { eachImport } from './each-import.mjs';

const ground = ['errors', 'clock', 'context', 'schema'];
const wiring = [...ground, 'container', 'module'];
const capabilities = ['codec', 'transport', 'registry', 'selector', 'broker', 'store', 'config', 'auth', 'debug'];
const calls = [...wiring, ...capabilities, 'rpc', 'service'];

/**
 * The layers of packages/core/src: what each folder may import besides itself. A folder that is not here may not be either,
 * so that nobody adds one without deciding where it belongs. The files beside the folders are the package's entries: they
 * may import everything, and nothing imports them.
 *
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const mayImport = {
  errors: [],
  clock: ['errors'],
  context: ['errors', 'clock'],
  schema: ['errors', 'clock'],

  container: ground,
  module: [...ground, 'container'],

  codec: wiring,
  transport: wiring,
  registry: wiring,
  selector: [...wiring, 'registry'],
  broker: [...wiring, 'codec'],
  store: [...wiring, 'codec'],
  config: wiring,
  auth: wiring,
  debug: wiring,

  rpc: [...wiring, 'transport', 'codec'],
  service: [...wiring, ...capabilities],
  contract: [...ground, 'registry', 'broker', 'service'],
  server: calls,
  client: calls,
  inbox: [...calls, 'server', 'client'],
  'json-rpc': [...calls, 'server'],
  http: [...calls, 'contract', 'server', 'json-rpc'],

  app: [...calls, 'contract', 'server', 'client', 'inbox', 'json-rpc', 'http'],
};

const where = 'packages/core/src';

/** @type {import('eslint').Rule.RuleModule} */
export const layers = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      unknown:
        `${where}/{{from}} is not in the table of layers. Put the file into the folder whose concept it is, or give the new ` +
        'folder its place in tools/lint/layers.mjs.',
      entry: '{{name}} is an entry of the package: nothing inside imports it. Import the file that declares the name.',
      layer:
        '{{from}} may not import {{to}}: it may import {{allowed}}. Move what both need down into one of those, or take it ' +
        'as an argument; docs/decisions/0003-layers-enforced-by-lint.md says why.',
    },
  },
  create(context) {
    const source = resolve(context.cwd, where);
    const [from = '', ...below] = relative(source, context.filename).split(sep);
    if (from === '..' || below.length === 0) return {};
    const allowed = mayImport[from];
    if (!allowed) return { Program: (node) => context.report({ node, messageId: 'unknown', data: { from } }) };

    return eachImport((specifier, node) => {
      if (!specifier.startsWith('.')) return;
      const [to = '', ...inside] = relative(source, resolve(dirname(context.filename), specifier)).split(sep);
      // Leaving the package is another rule's business.
      if (to === from || to === '..') return;
      if (inside.length === 0) {
        context.report({ node, messageId: 'entry', data: { name: to } });
      } else if (!allowed.includes(to)) {
        const list = allowed.join(', ') || 'nothing but itself';
        context.report({ node, messageId: 'layer', data: { from, to, allowed: list } });
      }
    });
  },
};
