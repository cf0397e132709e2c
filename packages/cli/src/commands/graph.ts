import { Option } from 'commander';
import type { CliCommand } from '../command.js';
import { exitCodes } from '../exit-codes.js';
import { drawingOf } from '../graph/drawing.js';
import { mermaid } from '../graph/mermaid.js';
import { textTree } from '../graph/text-tree.js';
import { coloursFor } from '../terminal/colours.js';
import { compactJson } from '../terminal/json-text.js';
import type { Terminal } from '../terminal/terminal.js';
import { jsonOption, moduleArgument } from './options.js';

export interface GraphRequest {
  readonly module?: string | undefined;
  readonly format: 'text' | 'mermaid';
  /** Also what Skerry itself provides, where it is used. */
  readonly all?: boolean;
  readonly json?: boolean;
}

export const graph: CliCommand = {
  name: 'graph',
  summary: "show an application's modules and what needs what",
  examples: ['skerry graph dist/app.module.js', 'skerry graph --format mermaid > graph.mmd'],
  declare(command, act) {
    command
      .description('Verifies an application without starting it, and draws its modules, providers and dependencies.')
      .addArgument(moduleArgument())
      .addOption(new Option('--format <format>', 'how to draw it').choices(['text', 'mermaid']).default('text'))
      .option('--all', 'with the building blocks of Skerry that are used')
      .addOption(jsonOption('the graph'))
      .action((module: string | undefined, options: Omit<GraphRequest, 'module'>) =>
        act((terminal) => drawGraph({ module, ...options }, terminal)),
      );
  },
};

async function drawGraph(request: GraphRequest, terminal: Terminal): Promise<number> {
  const { format, all = false, json = false } = request;
  const { stdout, stderr, env, cwd } = terminal;
  const { findModuleFile } = await import('../application/module-file.js');
  const { coreOf, rootOf } = await import('../application/application-core.js');
  const file = findModuleFile(request.module, cwd);
  if (file.note && !json) await stderr.write(`${coloursFor(stderr, env).dim(file.note)}\n`);
  const core = await coreOf(file);
  const { graph } = await core.Skerry.create(rootOf(file, core), { env, logLevel: 'silent' });
  const drawing = drawingOf(graph, all);
  const colours = coloursFor(stdout, env);
  const text = json ? compactJson(drawing) : format === 'mermaid' ? mermaid(drawing) : textTree(drawing, colours);
  await stdout.write(`${text}\n`);
  return exitCodes.ok;
}
