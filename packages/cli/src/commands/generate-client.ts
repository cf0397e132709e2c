import { exitCodes } from '../exit-codes.js';
import type { FleetRequest } from '../fleet/fleet.js';
import { compactJson } from '../terminal/json-text.js';
import type { Terminal } from '../terminal/terminal.js';
import { UsageError } from '../usage-error.js';

export interface ClientFileRequest extends FleetRequest {
  readonly service: string;
  readonly out?: string;
  readonly dryRun?: boolean;
}

export async function generateClient(request: ClientFileRequest, terminal: Terminal): Promise<number> {
  const { service, out, dryRun = false, json = false } = request;
  if (dryRun)
    throw new UsageError(
      'Cannot use --dry-run without --into: without --out, nothing is written anyway.',
      'leave --out out',
    );
  const { withFleet } = await import('../fleet/fleet.js');
  const { findNodes } = await import('../registry/find-nodes.js');
  const { clientFile } = await import('../client-file/client-file.js');
  const text = await withFleet(request, terminal, async (fleet) =>
    clientFile(service, await findNodes(fleet, service, `generate a client of ${service}`, { waitMs: 0 }), fleet.core),
  );
  if (out === undefined) {
    await terminal.stdout.write(json ? `${compactJson({ service, text })}\n` : text);
    return exitCodes.ok;
  }
  const { writeFileAt } = await import('../documents/document-text.js');
  await writeFileAt(out, text, request, terminal);
  return exitCodes.ok;
}
