import { Option } from 'commander';
import type { Loaded } from '../application/loaded.js';
import type { CliCommand } from '../command.js';
import { exitCodes } from '../exit-codes.js';
import type { PictureRequest } from '../picture/picture.js';
import { coloursFor, type Colours } from '../terminal/colours.js';
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
  summary: 'show the modules of applications, what needs what, and who calls whom',
  examples: [
    'skerry graph dist/app.module.js',
    'skerry graph --html --open',
    'skerry graph --html shop.html --running',
    'skerry graph --format mermaid > graph.mmd',
  ],
  declare(command, act) {
    command
      .description(
        'Verifies applications without starting them, and draws their modules, providers and dependencies, and between several who ' +
          'calls whom and which topics connect them: as text, or as a page that is one file and needs no network. In a workspace it ' +
          'is about all of its applications.',
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
  const { stdout, env } = terminal;
  const { loadApplications } = await import('../application/loaded.js');
  const { applications, ofWorkspace } = await loadApplications({ modules, json }, terminal);
  const [first] = applications;
  const colours = coloursFor(stdout, env);
  const text =
    applications.length > 1 || ofWorkspace
      ? await severalText(applications, { format, all, json }, colours)
      : await singleText(first!, { format, all, json }, colours);
  await stdout.write(`${text}\n`);
  return exitCodes.ok;
}

type Drawn = Required<Pick<GraphRequest, 'format' | 'all' | 'json'>>;

async function singleText({ app }: Loaded, { format, all, json }: Drawn, colours: Colours): Promise<string> {
  const { drawingOf } = await import('../graph/drawing.js');
  const drawing = drawingOf(app.graph, all);
  if (json) return compactJson(drawing);
  if (format === 'mermaid') return (await import('../graph/mermaid.js')).mermaid(drawing);
  return (await import('../graph/text-tree.js')).textTree(drawing, colours);
}

async function severalText(
  applications: readonly Loaded[],
  { format, all, json }: Drawn,
  colours: Colours,
): Promise<string> {
  const { systemOf } = await import('../graph/system.js');
  const system = systemOf(applications, all, applications[0]!.core);
  if (json) return compactJson(system);
  if (format === 'mermaid') return (await import('../graph/system-mermaid.js')).systemMermaid(system);
  return (await import('../graph/system-text.js')).systemText(system, colours);
}
