import type { NodeRecord } from '@skerry/core';
import type { CliCommand } from '../command.js';
import { exitCodes } from '../exit-codes.js';
import type { FleetRequest } from '../fleet/fleet.js';
import { newestFirst } from '../registry/versions.js';
import { coloursFor } from '../terminal/colours.js';
import { compactJson } from '../terminal/json-text.js';
import { labelled } from '../terminal/rows.js';
import { table } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { appOption, jsonOption } from './options.js';

export const services: CliCommand = {
  name: 'services',
  summary: 'list the services that are running',
  examples: [
    'skerry services',
    'skerry services --app dist/app.module.js',
    "skerry services --json | jq -r '.[].name'",
  ],
  declare(command, act) {
    command
      .description('Lists the services that the registry knows, with their versions, nodes and handlers.')
      .addOption(appOption())
      .addOption(jsonOption('the list'))
      .action((options: FleetRequest) => act((terminal) => listServices(options, terminal)));
  },
};

interface ServiceSummary {
  readonly name: string;
  /** Newest first. */
  readonly versions: readonly string[];
  /** How many there are. */
  readonly nodes: number;
  readonly handlers: number;
}

async function listServices(request: FleetRequest, terminal: Terminal): Promise<number> {
  const { stdout, env } = terminal;
  const { json = false } = request;
  const { withFleet } = await import('../fleet/fleet.js');
  const { allNodes } = await import('../registry/all-nodes.js');
  const { registry, nodes } = await withFleet(request, terminal, allNodes);
  const found = [...nodes].map(([name, each]) => summary(name, each));
  const colours = coloursFor(stdout, env);
  if (json) await stdout.write(`${compactJson(found)}\n`);
  else if (found.length === 0) await stdout.write(nothingFound(registry));
  else {
    const rows = found.map(({ name, versions, nodes, handlers }) => [
      name,
      versions.join(', '),
      `${nodes}`,
      `${handlers}`,
    ]);
    const lines = await table(rows, { colours, head: ['SERVICE', 'VERSIONS', 'NODES', 'HANDLERS'] });
    await stdout.write(`${lines.join('\n')}\n`);
  }
  return exitCodes.ok;
}

function summary(name: string, nodes: readonly NodeRecord[]): ServiceSummary {
  return {
    name,
    versions: newestFirst(nodes.map(({ version }) => version)),
    nodes: nodes.length,
    handlers: new Set(nodes.flatMap(({ endpoints }) => endpoints.map((each) => each.name))).size,
  };
}

function nothingFound(registry: string): string {
  const rows = [
    ['start', 'skerry run dist/app.module.js'],
    ['then', 'skerry services'],
    ['seen', 'are services of the same user on this machine, with the same SKERRY_LOCAL_REGISTRY_DIR if it is set'],
    ['else', 'skerry services --app dist/app.module.js looks where that application does, such as in Consul'],
  ] as const;
  return [`No service is running: ${registry} is empty.`, ...labelled(rows), ''].join('\n');
}
