import type { NodeRecord } from '@skerry/core';
import type { FleetNodes } from '../registry/service-watch.js';
import { newestFirst } from '../registry/versions.js';
import type { Colours } from '../terminal/colours.js';
import { table } from '../terminal/table.js';

export interface ServiceSummary {
  readonly name: string;
  /** Newest first. */
  readonly versions: readonly string[];
  /** How many there are. */
  readonly nodes: number;
  readonly handlers: number;
}

export function summaries(nodes: FleetNodes): ServiceSummary[] {
  return [...nodes].map(([name, each]) => summary(name, each));
}

function summary(name: string, nodes: readonly NodeRecord[]): ServiceSummary {
  return {
    name,
    versions: newestFirst(nodes.map(({ version }) => version)),
    nodes: nodes.length,
    handlers: new Set(nodes.flatMap(({ endpoints }) => endpoints.map((each) => each.name))).size,
  };
}

export function summaryTable(found: readonly ServiceSummary[], colours: Colours): Promise<string[]> {
  const rows = found.map(({ name, versions, nodes, handlers }) => [
    name,
    versions.join(', '),
    `${nodes}`,
    `${handlers}`,
  ]);
  return table(rows, { colours, head: ['SERVICE', 'VERSIONS', 'NODES', 'HANDLERS'] });
}
