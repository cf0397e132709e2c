import type { NodeRecord } from '@skerry/core';
import { exitCodes } from '../exit-codes.js';
import { withFleet, type Fleet, type FleetRequest } from '../fleet/fleet.js';
import { allNodes } from '../registry/all-nodes.js';
import { withoutOwn } from '../registry/own-services.js';
import { findNodes } from '../registry/find-nodes.js';
import { nothingFound } from '../services/list-services.js';
import { coloursFor } from '../terminal/colours.js';
import { compactJson } from '../terminal/json-text.js';
import { interruptedBy, type Terminal } from '../terminal/terminal.js';
import { healthTable } from './health-table.js';
import { nodeHealth } from './node-health.js';

export interface HealthRequest extends FleetRequest {
  /** Default: all. */
  readonly service?: string | undefined;
  /** How long each node may take, in ms. */
  readonly timeout: number;
}

/** Asks each node how it is, all at once, and prints that. Gives 1 when one of them is not well. */
export async function showHealth(request: HealthRequest, terminal: Terminal): Promise<number> {
  const { stdout, env, signal } = terminal;
  const { service, timeout: timeoutMs, json = false } = request;
  try {
    return await withFleet(request, terminal, async (fleet) => {
      const nodes = await nodesOf(service, fleet);
      const found = await Promise.all(nodes.map((node) => nodeHealth(node, fleet, { timeoutMs, signal })));
      const colours = coloursFor(stdout, env);
      const lines = json
        ? [compactJson(found)]
        : found.length > 0
          ? await healthTable(found, colours)
          : [nothingFound(fleet.registryName).trimEnd()];
      await stdout.write(`${lines.join('\n')}\n`);
      return found.every(({ well }) => well) ? exitCodes.ok : exitCodes.failed;
    });
  } catch (error) {
    if (signal.aborted) return interruptedBy(signal);
    throw error;
  }
}

async function nodesOf(service: string | undefined, fleet: Fleet): Promise<readonly NodeRecord[]> {
  if (service === undefined) return [...withoutOwn((await allNodes(fleet)).nodes).values()].flat();
  return findNodes(fleet, service, `tell the health of ${service}`, { waitMs: 0 });
}
