import { Option } from 'commander';
import type * as Core from '@skerry/core';
import type { Contract, DocumentOptions } from '@skerry/core';
import type { CliCommand } from '../command.js';
import { jsonOption, moduleArgument } from '../commands/options.js';
import { exitCodes } from '../exit-codes.js';
import type { Terminal } from '../terminal/terminal.js';
import type { ContractRequest } from './with-contract.js';

/** A kind of document that is made of an application's contract. */
export interface DocumentKind extends Pick<CliCommand, 'name' | 'summary' | 'examples'> {
  readonly description: string;
  /** It has a version of its own. */
  readonly versioned: boolean;
  /** The formats that it can be printed in, the default first. */
  readonly formats: readonly [Format, ...Format[]];
  /** @param core The copy of the framework that the application is made of. */
  make(contract: Contract, options: DocumentOptions, core: typeof Core): unknown;
}

/** How a document is written down: as data, or as the text that it is. */
export type Format = 'yaml' | 'json' | 'text';

export interface DocumentRequest extends ContractRequest {
  readonly format?: Format;
  readonly out?: string;
  readonly title?: string;
  readonly apiVersion?: string;
}

/** The command that prints a document, or writes it to a file. */
export function documentCommand(kind: DocumentKind): CliCommand {
  const { name, summary, examples, description, formats, versioned } = kind;
  return {
    ...{ name, summary, examples },
    declare(command, act) {
      if (versioned) command.addOption(apiVersion());
      command
        .description(`${description} Nothing of the application is started.`)
        .addArgument(moduleArgument())
        .addOption(new Option('--format <format>', 'how to write it').choices(formats).default(formats[0]))
        .option(
          '--out <file>',
          'write it to this file instead of printing it; nothing is done when it says the same already',
        )
        .option('--title <title>', "what the document is called (default: the root module's name)")
        .addOption(jsonOption('the document, or with --out what was done with it,'))
        .action((module: string | undefined, options: Omit<DocumentRequest, 'module'>) =>
          act((terminal) => makeDocument(kind, { module, ...options }, terminal)),
        );
    },
  };
}

function apiVersion(): Option {
  return new Option('--api-version <version>', 'the version of the document (default: the newest among its services)');
}

async function makeDocument(kind: DocumentKind, request: DocumentRequest, terminal: Terminal): Promise<number> {
  const { format = kind.formats[0], out, title, apiVersion, json = false } = request;
  const { contractOf } = await import('./with-contract.js');
  const { documentText, writeFileAt } = await import('./document-text.js');
  const { contract, core } = await contractOf(request, terminal);
  const options = {
    ...(title === undefined ? {} : { title }),
    ...(apiVersion === undefined ? {} : { version: apiVersion }),
  };
  const document = kind.make(contract, options, core);
  if (out === undefined) {
    const { compactJson } = await import('../terminal/json-text.js');
    await terminal.stdout.write(json ? `${compactJson(document)}\n` : await documentText(document, format));
    return exitCodes.ok;
  }
  await writeFileAt(out, await documentText(document, format), request, terminal);
  return exitCodes.ok;
}
