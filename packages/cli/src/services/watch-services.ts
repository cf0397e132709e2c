import { signs } from '../registry/node-changes.js';
import { withRegistry } from '../fleet/registry-access.js';
import { watchServices, type FleetNodes } from '../registry/service-watch.js';
import { coloursFor } from '../terminal/colours.js';
import { compactJson } from '../terminal/json-text.js';
import { withoutOwn } from '../registry/own-services.js';
import { reportTrouble } from '../terminal/error-report.js';
import { LiveView } from '../terminal/live-view.js';
import { printableLine } from '../terminal/printable.js';
import { interruptedBy, type Terminal } from '../terminal/terminal.js';
import type { ServicesRequest } from './list-services.js';
import { serviceChanges, type ServiceChange } from './service-changes.js';
import { summaries, summaryTable } from './service-summary.js';

/** Shows the services until Ctrl-C: on a terminal as a table that is kept up to date, elsewhere one line for each change. */
export async function watchAllServices(request: ServicesRequest, terminal: Terminal): Promise<number> {
  const { stdout, signal } = terminal;
  const { json = false, all = false } = request;
  return withRegistry(request, terminal, async (access) => {
    const table = stdout.isTTY && !json ? new LiveView(stdout) : undefined;
    let before: FleetNodes | undefined;
    const changed = async (known: FleetNodes): Promise<void> => {
      const nodes = all ? known : withoutOwn(known);
      if (table) await table.draw(await tableText(nodes, access.registryName, terminal));
      else
        await stdout.write(
          serviceChanges(before, nodes)
            .map((each) => `${line(each, json)}\n`)
            .join(''),
        );
      before = nodes;
    };
    const failing = async (error: unknown): Promise<void> => {
      await table?.clear();
      await reportTrouble(error, terminal, json);
    };
    await watchServices(access, { changed, failing }, signal);
    return interruptedBy(signal);
  });
}

async function tableText(nodes: FleetNodes, registryName: string, { stdout, env }: Terminal): Promise<string[]> {
  const colours = coloursFor(stdout, env);
  const found = summaries(nodes);
  const rows = found.length > 0 ? await summaryTable(found, colours) : ['No service is running.'];
  return [...rows, '', colours.dim(`as ${registryName} changes; Ctrl-C ends it`)];
}

function line(change: ServiceChange, json: boolean): string {
  if (json) return compactJson(change);
  const { service, node, version, address } = change;
  return printableLine([signs[change.change], service, node, version, address].join('  '));
}
