import { join } from 'node:path';
import type * as Core from '@skerry/core';
import type { Loaded } from '../application/loaded.js';
import { exitCodes } from '../exit-codes.js';
import type { FleetRequest } from '../fleet/fleet.js';
import type { Terminal } from '../terminal/terminal.js';
import { UsageError } from '../usage-error.js';
import type { Running } from './compose.js';

export interface PictureRequest extends FleetRequest {
  /** Files of root modules. None: those of the workspace, or of the directory. */
  readonly modules: readonly string[];
  /** The file to write; `true` for the usual name, `-` to print it. */
  readonly html?: string | true;
  readonly open?: boolean;
  readonly running?: boolean;
}

const usual = 'skerry-graph.html';

/** Writes the page of one or several applications, shows it, or prints it. */
export async function makePicture(request: PictureRequest, terminal: Terminal): Promise<number> {
  const { html, open = false } = request;
  checkFile(html, open);
  const { compose } = await import('./compose.js');
  const { page } = await import('./page.js');
  const applications = await loadAll(request, terminal);
  const running = request.running ? await runningServices(request, applications, terminal) : undefined;
  const core: typeof Core = applications[0]?.core ?? (await import('@skerry/core'));
  const text = await page(compose(applications, core, running));
  if (html === '-') {
    await terminal.stdout.write(text);
    return exitCodes.ok;
  }
  const { writeFileAt } = await import('../documents/document-text.js');
  const file = html === undefined ? await temporary() : html === true ? usual : html;
  await writeFileAt(file, text, request, terminal);
  if (open) {
    const { openFile } = await import('../terminal/open-file.js');
    await openFile(file, terminal);
  }
  return exitCodes.ok;
}

/** `--html dist/app.module.js` was meant otherwise, and must not cost the module. */
function checkFile(html: string | true | undefined, open: boolean): void {
  if (html === '-' && open)
    throw new UsageError('skerry graph: what is printed cannot be opened.', 'name a file, or leave --open out');
  if (typeof html !== 'string' || html === '-' || /\.x?html?$/i.test(html)) return;
  throw new UsageError(
    `skerry graph: cannot write a page to ${html}: its name does not end in .html.`,
    `if it is the application: skerry graph ${html} --html`,
  );
}

async function loadAll(request: PictureRequest, terminal: Terminal): Promise<readonly Loaded[]> {
  const { loadApplications } = await import('../application/loaded.js');
  const { modules, running = false, json = false } = request;
  try {
    return (await loadApplications({ modules, json }, terminal)).applications;
  } catch (error) {
    // What is running is worth a picture by itself.
    if (running && modules.length === 0 && error instanceof UsageError) return [];
    throw error;
  }
}

/** Found by the engines of the application that is named, or else of the first that is drawn. */
async function runningServices(
  request: PictureRequest,
  [first]: readonly Loaded[],
  terminal: Terminal,
): Promise<Running> {
  const { withFleet, askedApp } = await import('../fleet/fleet.js');
  const { allNodes } = await import('../registry/all-nodes.js');
  const app = askedApp(request, terminal.env)?.asked ?? first?.shown;
  const { nodes } = await withFleet({ ...request, ...(app === undefined ? {} : { app }) }, terminal, allNodes);
  const { withoutOwn } = await import('../registry/own-services.js');
  return withoutOwn(nodes);
}

async function temporary(): Promise<string> {
  const { mkdtemp } = await import('node:fs/promises');
  const { tmpdir } = await import('node:os');
  return join(await mkdtemp(join(tmpdir(), 'skerry-graph-')), usual);
}
