import { exitCodes } from '../exit-codes.js';
import type { FleetRequest } from '../fleet/fleet.js';
import { withRegistry } from '../fleet/registry-access.js';
import { allNodes } from '../registry/all-nodes.js';
import { withoutOwn } from '../registry/own-services.js';
import { coloursFor } from '../terminal/colours.js';
import { compactJson } from '../terminal/json-text.js';
import { labelled } from '../terminal/rows.js';
import type { Terminal } from '../terminal/terminal.js';
import { summaries, summaryTable } from './service-summary.js';

export interface ServicesRequest extends FleetRequest {
  /** Also those of Skerry itself. Default `false`. */
  readonly all?: boolean;
}

/** Prints the services that the registry knows. */
export async function listServices(request: ServicesRequest, terminal: Terminal): Promise<number> {
  const { stdout, env } = terminal;
  const { registry, nodes } = await withRegistry(request, terminal, allNodes);
  const found = summaries(request.all ? nodes : withoutOwn(nodes));
  if (request.json) await stdout.write(`${compactJson(found)}\n`);
  else if (found.length === 0) await stdout.write(nothingFound(registry));
  else await stdout.write(`${(await summaryTable(found, coloursFor(stdout, env))).join('\n')}\n`);
  return exitCodes.ok;
}

/** @param registry As it is called: `the local registry (/tmp/skerry)`. */
export function nothingFound(registry: string): string {
  const rows = [
    ['start', 'skerry run dist/app.module.js'],
    ['then', 'skerry services'],
    ['seen', 'are services of the same user on this machine, with the same SKERRY_LOCAL_REGISTRY_DIR if it is set'],
    ['else', 'skerry services --app dist/app.module.js looks where that application does, such as in Consul'],
  ] as const;
  return [`No service is running: ${registry} is empty.`, ...labelled(rows), ''].join('\n');
}
