import type { NodeRecord, SkerryError } from '@skerry/core';
import { withFleet, type Fleet } from '../fleet/fleet.js';
import { allNodes } from '../registry/all-nodes.js';
import { nodeChanges, signs, type Changed } from '../registry/node-changes.js';
import { withoutOwn } from '../registry/own-services.js';
import { coloursFor } from '../terminal/colours.js';
import { reportTrouble } from '../terminal/error-report.js';
import { compactJson } from '../terminal/json-text.js';
import { LiveView } from '../terminal/live-view.js';
import { printableLine } from '../terminal/printable.js';
import { interruptedBy, type Terminal } from '../terminal/terminal.js';
import { checksText, healthTable } from './health-table.js';
import { nodeHealth, type NodeHealth } from './node-health.js';
import type { HealthRequest } from './show-health.js';

export interface HealthWatchRequest extends HealthRequest {
  /** From one answer of all nodes to the next question, in ms. */
  readonly interval: number;
}

type Known = NodeHealth & { readonly id: string };

/** Asks again and again until Ctrl-C: on a terminal a table that is kept up to date, elsewhere one line for each change. */
export async function watchHealth(request: HealthWatchRequest, terminal: Terminal): Promise<number> {
  const { stdout, signal } = terminal;
  const { json = false, interval } = request;
  try {
    return await withFleet(request, terminal, async (fleet) => {
      const table = stdout.isTTY && !json ? new LiveView(stdout) : undefined;
      let before: readonly Known[] | undefined;
      let failing = false;
      for (;;) {
        try {
          const now = await askAll(request, fleet, signal);
          if (table) await table.draw(await tableText(now, request, terminal));
          else await stdout.write(nodeChanges(before, now, same).map(line(json)).join(''));
          before = now;
          failing = false;
        } catch (error) {
          // No patience helps.
          if (signal.aborted || !(error as Partial<SkerryError>).retryable) throw error;
          await table?.clear();
          if (!failing) await reportTrouble(error, terminal, json);
          failing = true;
        }
        await fleet.clock.sleep(interval, signal);
      }
    });
  } catch (error) {
    if (signal.aborted) return interruptedBy(signal);
    throw error;
  }
}

async function askAll(
  { service, timeout: timeoutMs }: HealthWatchRequest,
  fleet: Fleet,
  signal: AbortSignal,
): Promise<Known[]> {
  const nodes: readonly NodeRecord[] =
    service === undefined
      ? [...withoutOwn((await allNodes(fleet)).nodes).values()].flat()
      : await fleet.registry.lookup(service, signal);
  return Promise.all(
    nodes.map(async (node) => ({ id: node.id, ...(await nodeHealth(node, fleet, { timeoutMs, signal })) })),
  );
}

async function tableText(
  found: readonly NodeHealth[],
  { service, interval }: HealthWatchRequest,
  { stdout, env }: Terminal,
): Promise<string[]> {
  const colours = coloursFor(stdout, env);
  const none = service === undefined ? 'No service is running.' : `No node of ${printableLine(service)} is running.`;
  const rows = found.length > 0 ? await healthTable(found, colours) : [none];
  return [...rows, '', colours.dim(`asked every ${interval / 1_000} s; Ctrl-C ends it`)];
}

function same(before: Known, now: Known): boolean {
  return JSON.stringify(before) === JSON.stringify(now);
}

function line(json: boolean): (changed: Changed<Known>) => string {
  return ({ change, node: { id: _id, ...health } }) => {
    if (json) return `${compactJson({ change, ...health })}\n`;
    const { service, node, address = '', version, state, checks, error } = health;
    return `${printableLine([signs[change], service, node, address, version, state, error ?? checksText(checks)].join('  '))}\n`;
  };
}
