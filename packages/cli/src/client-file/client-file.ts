import type * as Core from '@skerry/core';
import type { JsonSchema, NodeRecord } from '@skerry/core';
import { handlersOf, type HandlerSummary } from '../registry/handlers.js';
import { newestFirst } from '../registry/versions.js';
import { docComment } from './doc-comment.js';
import { isSchema, key, objectText, typeText, type NameOf } from './type-text.js';

/**
 * A TypeScript file by which a service is called without its class: an interface for `Client<...>`, and a type for each class of its
 * messages, as its nodes describe them to the registry. Where they are of several versions, the newest that has a handler counts.
 */
export function clientFile(service: string, nodes: readonly NodeRecord[], core: typeof Core): string {
  const versions = newestFirst(nodes.map(({ version }) => version));
  const summaries = handlersOf(nodes);
  const handlers = summaries.map(({ endpoint }) => endpoint);
  const described = { name: service, version: versions[0] ?? '0.0.0', handlers, subscriptions: [], publishes: [] };
  const { services, schemas } = core.contractLock({ application: service, services: [described] });
  const names = new Names();
  const title = names.give(pascalCase(service));
  const types = new Map(Object.keys(schemas).map((name) => [`#/schemas/${name}`, names.give(name)]));
  const nameOf: NameOf = (reference) => types.get(reference);
  const locked = new Map(Object.entries(services[service]!.handlers));
  const methods = summaries.map((summary) => method(summary, locked.get(summary.endpoint.name)!, nameOf));
  const classes = Object.entries(schemas).map(([name, schema]) =>
    classText(nameOf(`#/schemas/${name}`)!, schema, nameOf),
  );
  const usage = `constructor(@InjectClient(${JSON.stringify(service)}) private readonly ${camelCase(title)}: Client<${title}>) {}`;
  return [
    `// Made by \`skerry generate client\` from what ${oneLine(service)} ${oneLine(versions.join(', '))} tells the registry. Make it anew instead of changing it.`,
    '',
    [
      ...docComment([`The service ${oneLine(service)}, as its callers see it:`, `    ${usage}`]),
      methods.length > 0 ? `export interface ${title} {` : `export type ${title} = Record<never, never>;`,
      ...methods.flatMap((lines, index) => (index > 0 ? ['', ...lines] : lines)),
      ...(methods.length > 0 ? ['}'] : []),
    ].join('\n'),
    ...classes.flatMap((text) => ['', text]),
    '',
  ].join('\n');
}

function method(
  { endpoint, note }: HandlerSummary,
  { request, reply }: { readonly request?: JsonSchema; readonly reply?: JsonSchema },
  nameOf: NameOf,
): string[] {
  const { name, kind, description, readOnly, idempotent } = endpoint;
  const sent = request && typeText(request, nameOf, '  ');
  const many = kind === 'client-stream' || kind === 'bidirectional';
  const parameter = sent === undefined ? '' : many ? `messages: AsyncIterable<${sent}>` : `request: ${sent}`;
  const given = reply ? typeText(reply, nameOf, '  ') : 'unknown';
  const result = kind === 'server-stream' || kind === 'bidirectional' ? `AsyncIterable<${given}>` : `Promise<${given}>`;
  const traits = readOnly
    ? 'Changes nothing.'
    : idempotent
      ? 'May be sent again: doing it twice has the effect of doing it once.'
      : '';
  const versions = note === undefined ? '' : `Among the versions that run: ${note}.`;
  return [
    ...docComment([description ?? '', traits, versions].filter(Boolean), '  '),
    `  ${key(name)}(${parameter}): ${result};`,
  ];
}

function classText(name: string, schema: JsonSchema, nameOf: NameOf): string {
  const about = typeof schema['description'] === 'string' ? [schema['description']] : [];
  const fields = isSchema(schema['properties']) && Object.keys(schema['properties']).length > 0;
  const text = fields
    ? `export interface ${name} ${objectText(schema, nameOf)}`
    : `export type ${name} = ${typeText(schema, nameOf)};`;
  return [...docComment(about), text].join('\n');
}

/** Names of types, each given once. */
class Names {
  // Those that the file itself refers to, and those that no type may have.
  private readonly taken = new Set([
    ...['Promise', 'AsyncIterable', 'Record', 'Client', 'InjectClient'],
    ...[
      'any',
      'unknown',
      'never',
      'void',
      'undefined',
      'null',
      'object',
      'string',
      'number',
      'boolean',
      'symbol',
      'bigint',
    ],
  ]);

  give(wanted: string): string {
    const word = wanted.replace(/[^\w$]/g, '_').replace(/^(?=\d)/, '_');
    // Reserved words are lower-case, and so is no class.
    const name = /^[a-z]/.test(word) ? pascalCase(word) : word || 'Anonymous';
    let free = name;
    for (let count = 2; this.taken.has(free); count++) free = `${name}${count}`;
    this.taken.add(free);
    return free;
  }
}

function pascalCase(text: string): string {
  const words = text.split(/[^A-Za-z0-9]+/).filter(Boolean);
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('') || 'Service';
}

function camelCase(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** A comment ends with its line. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, ' ');
}
