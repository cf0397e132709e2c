import type { EndpointRecord, NodeRecord } from '@skerry/core';
import type { CliCommand } from '../command.js';
import { exitCodes } from '../exit-codes.js';
import type { FleetRequest } from '../fleet/fleet.js';
import { handlersOf, type HandlerSummary } from '../registry/handlers.js';
import { newestFirst } from '../registry/versions.js';
import { callLine } from '../schema/call-line.js';
import { exampleOf } from '../schema/example.js';
import { fieldsOf } from '../schema/fields.js';
import { coloursFor, type Colours } from '../terminal/colours.js';
import { compactJson } from '../terminal/json-text.js';
import { printableLine } from '../terminal/printable.js';
import { table } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { appOption, jsonOption } from './options.js';

export const describe: CliCommand = {
  name: 'describe',
  summary: 'show the nodes and handlers of a service',
  examples: ['skerry describe greeter', "skerry describe greeter --json | jq '.handlers[].request'"],
  declare(command, act) {
    command
      .description('Shows where a service runs, what can be called, and with which messages.')
      .argument('<service>', 'its name')
      .addOption(appOption())
      .addOption(jsonOption('all of it, schemas included,'))
      .action((service: string, options: FleetRequest) =>
        act((terminal) => describeService({ service, ...options }, terminal)),
      );
  },
};

export interface DescribeRequest extends FleetRequest {
  readonly service: string;
}

async function describeService(request: DescribeRequest, terminal: Terminal): Promise<number> {
  const { service, json = false } = request;
  const { stdout, env } = terminal;
  const { withRegistry } = await import('../fleet/registry-access.js');
  const { findNodes } = await import('../registry/find-nodes.js');
  const nodes = await withRegistry(request, terminal, (access) =>
    findNodes(access, service, `describe ${service}`, { waitMs: 0 }),
  );
  const sorted = [...nodes].sort((a, b) => (a.id < b.id ? -1 : 1));
  const lines = json
    ? [compactJson(asJson(service, sorted))]
    : await serviceText(service, sorted, coloursFor(stdout, env));
  await stdout.write(`${lines.join('\n')}\n`);
  return exitCodes.ok;
}

function asJson(name: string, nodes: readonly NodeRecord[]): unknown {
  return {
    name,
    versions: newestFirst(nodes.map(({ version }) => version)),
    nodes: nodes.map(({ id, version, addresses, zone, weight, metadata, codecs }) => ({
      ...{ id, version, addresses },
      ...(zone === undefined ? {} : { zone }),
      ...(codecs === undefined ? {} : { codecs }),
      ...{ weight, metadata },
    })),
    handlers: handlersOf(nodes).map(({ endpoint, versions }) => ({
      ...endpoint,
      versions,
      ...(endpoint.request ? { example: exampleOf(endpoint.request) } : {}),
    })),
  };
}

/** Its nodes and handlers, for people. */
export async function serviceText(name: string, nodes: readonly NodeRecord[], colours: Colours): Promise<string[]> {
  const { bold } = colours;
  const versions = newestFirst(nodes.map(({ version }) => version));
  const handlers = handlersOf(nodes);
  const blocks = await Promise.all(handlers.map((handler) => handlerText(name, handler, colours)));
  return [
    `${bold(printableLine(name))}  ${printableLine(versions.join(', '))}`,
    '',
    bold('Nodes'),
    ...(await nodeTable(nodes, colours)),
    '',
    bold('Handlers'),
    ...(handlers.length > 0 ? blocks.flatMap((block, index) => (index > 0 ? ['', ...block] : block)) : ['  none']),
  ];
}

/** Columns that would be empty for all nodes are left out. */
function nodeTable(nodes: readonly NodeRecord[], colours: Colours): Promise<string[]> {
  const columns: readonly (readonly [head: string, cell: (node: NodeRecord) => string])[] = [
    ['ID', ({ id }) => id],
    ['VERSION', ({ version }) => version],
    ['ADDRESS', ({ addresses }) => addressText(addresses)],
    ['ZONE', ({ zone = '' }) => zone],
    // JSON alone goes without saying.
    ['CODECS', ({ codecs = [] }) => codecs.join(', ')],
    ['METADATA', ({ metadata }) => pairs(metadata)],
  ];
  const used = columns.filter(([, cell]) => nodes.some((node) => cell(node) !== ''));
  const rows = nodes.map((node) => used.map(([, cell]) => cell(node)));
  return table(rows, { colours, head: used.map(([head]) => head), indent: '  ' });
}

/** The native protocol goes without saying. */
function addressText(addresses: NodeRecord['addresses']): string {
  const { skerry, ...others } = addresses;
  return [skerry ?? '', pairs(others)].filter(Boolean).join(' ');
}

function pairs(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
}

async function handlerText(service: string, handler: HandlerSummary, colours: Colours): Promise<string[]> {
  const { endpoint, note } = handler;
  const { bold, cyan, dim } = colours;
  const streams = endpoint.kind === 'server-stream' || endpoint.kind === 'bidirectional';
  const traits = [
    endpoint.kind.replace('-', ' '),
    ...(endpoint.idempotent ? ['idempotent'] : []),
    ...(note ? [note] : []),
  ];
  const rows = [
    ...messageRows('request', endpoint.request, 'none'),
    ...messageRows(streams ? 'item' : 'reply', endpoint.reply, 'not described'),
  ];
  const fields = await table(rows, { colours, indent: '    ', styles: [dim, plain, cyan] });
  return [
    `  ${bold(printableLine(endpoint.name))}  ${printableLine(traits.join(', '))}`,
    ...fields,
    `    ${dim('try'.padEnd('request'.length))}  ${printableLine(callLine(service, endpoint))}`,
  ];
}

function messageRows(label: string, schema: EndpointRecord['request'], absent: string): string[][] {
  if (!schema) return [[label, absent, '', '', '']];
  return fieldsOf(schema).map(({ path, type, required, rules }, index) => {
    // A message that is a value by itself has no name, and is there or is not.
    const cells = path === '' ? [type, rules, '', ''] : [path, type, required ? 'required' : 'optional', rules];
    return [index === 0 ? label : '', ...cells];
  });
}

function plain(text: string): string {
  return text;
}
