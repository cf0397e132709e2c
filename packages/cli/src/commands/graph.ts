import { Option } from 'commander';
import type { CliCommand } from '../command.js';
import { exitCodes } from '../exit-codes.js';
import { drawingOf } from '../graph/drawing.js';
import { mermaid } from '../graph/mermaid.js';
import { textTree } from '../graph/text-tree.js';
import type { PictureRequest } from '../picture/picture.js';
import { coloursFor } from '../terminal/colours.js';
import { compactJson } from '../terminal/json-text.js';
import type { Terminal } from '../terminal/terminal.js';
import { UsageError } from '../usage-error.js';
import { appOption, jsonOption, modulesArgument } from './options.js';

export interface GraphRequest extends PictureRequest {
  readonly format: 'text' | 'mermaid';
  /** Also what Skerry itself provides, where it is used. */
  readonly all?: boolean;
}

export const graph: CliCommand = {
  name: 'graph',
  summary: "show an application's modules and what needs what",
  examples: [
    'skerry graph dist/app.module.js',
    'skerry graph --html --open',
    'skerry graph apps/*/dist/app.module.js --html shop.html --running',
    'skerry graph --format mermaid > graph.mmd',
  ],
  declare(command, act) {
    command
      .description(
        'Verifies an application without starting it, and draws its modules, providers and dependencies: as text, or as a page ' +
          'that is one file and needs no network, of several applications as well, with what goes between them.',
      )
      .addArgument(modulesArgument())
      .addOption(new Option('--format <format>', 'how to draw it').choices(['text', 'mermaid']).default('text'))
      .option('--all', 'with the building blocks of Skerry that are used; the page always has them')
      .option('--html [file]', 'write it as a page to this file (default: skerry-graph.html; - prints it)')
      .option('--open', 'show the page in a browser; without --html it is a temporary file')
      .option('--running', 'on the page, also what is running: the services of the registry')
      .addOption(appOption(', else the engines that need no server; for --running'))
      .addOption(jsonOption('the graph, or with --html what was written,'))
      .action((modules: string[], options: Omit<GraphRequest, 'modules'>) =>
        act((terminal) => drawGraph({ modules, ...options }, terminal)),
      );
  },
};

async function drawGraph(request: GraphRequest, terminal: Terminal): Promise<number> {
  const { modules, format, all = false, json = false, html, open, running } = request;
  if (html !== undefined || open) {
    const { makePicture } = await import('../picture/picture.js');
    return makePicture(request, terminal);
  }
  if (running) throw new UsageError('skerry graph: --running is for the page.', 'add --html, or --open');
  if (modules.length > 1) {
    throw new UsageError(
      'skerry graph: several applications are drawn on a page alone.',
      'add --html, or name one module',
    );
  }
  const { stdout, env } = terminal;
  const { loadApplication } = await import('../application/loaded.js');
  const { app } = await loadApplication({ module: modules[0], json }, terminal);
  const drawing = drawingOf(app.graph, all);
  const colours = coloursFor(stdout, env);
  const text = json ? compactJson(drawing) : format === 'mermaid' ? mermaid(drawing) : textTree(drawing, colours);
  await stdout.write(`${text}\n`);
  return exitCodes.ok;
}
