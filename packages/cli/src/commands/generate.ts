import type { CliCommand, CommandGroup } from '../command.js';
import { exitCodes } from '../exit-codes.js';
import type { FleetRequest } from '../fleet/fleet.js';
import { compactJson } from '../terminal/json-text.js';
import type { Terminal } from '../terminal/terminal.js';
import { appOption, jsonOption } from './options.js';

export interface ClientFileRequest extends FleetRequest {
  readonly service: string;
  readonly out?: string;
}

const client: CliCommand = {
  name: 'client',
  summary: 'write a typed client of a service that runs',
  examples: ['skerry generate client greeter --out src/greeter.client.ts', 'skerry generate client greeter'],
  declare(command, act) {
    command
      .description(
        'Writes a TypeScript file by which a service is called without its class, from what its nodes tell the registry: for repositories ' +
          'that cannot share one.',
      )
      .argument('<service>', 'its name')
      .option(
        '--out <file>',
        'write it to this file instead of printing it; nothing is done when it says the same already',
      )
      .addOption(appOption())
      .addOption(jsonOption('the file, or with --out what was done with it,'))
      .action((service: string, options: Omit<ClientFileRequest, 'service'>) =>
        act((terminal) => generateClient({ service, ...options }, terminal)),
      );
  },
};

export const generate: CommandGroup = {
  name: 'generate',
  summary: 'write code',
  examples: [client.examples[0]],
  commands: [client],
};

async function generateClient(request: ClientFileRequest, terminal: Terminal): Promise<number> {
  const { service, out, json = false } = request;
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
