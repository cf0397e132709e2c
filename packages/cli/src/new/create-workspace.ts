import { SystemClock } from '@skerry/core';
import type { WorkspaceRequest } from '../commands/new.js';
import { exitCodes } from '../exit-codes.js';
import type { ChildOptions } from '../install/child.js';
import { installPackages } from '../install/install-packages.js';
import { otherPackageManager } from '../install/npm.js';
import { ownVersion } from '../own-version.js';
import { coloursFor } from '../terminal/colours.js';
import { compactJson } from '../terminal/json-text.js';
import { labelled } from '../terminal/rows.js';
import { interruptedBy, type Terminal } from '../terminal/terminal.js';
import type { Place } from './place.js';
import { makeRepository, type RepositoryOutcome } from './repository.js';
import { renderTemplate, templateDependencies } from './template.js';
import { wishesOf, type Wishes } from './wishes.js';
import { writeFiles } from './write-files.js';

/** Creates a workspace, and tells what to do with it. Gives the exit code. */
export async function createWorkspace(request: WorkspaceRequest, terminal: Terminal): Promise<number> {
  const { signal, stderr, env } = terminal;
  const manager = otherPackageManager(env);
  if (manager !== undefined && !request.json) {
    await stderr.write(`A workspace is installed by npm, whatever starts this command; ${manager} is left out.\n`);
  }
  let wishes: Wishes;
  try {
    wishes = await wishesOf(request, terminal, [...templateDependencies().keys()]);
  } catch (error) {
    if (!signal.aborted) throw error;
    await stderr.write('\nNothing was created.\n');
    return interruptedBy(signal);
  }
  const { place, scope, install } = wishes;
  const files = renderTemplate({ name: place.name, scope, version: ownVersion() });
  await writeFiles(place, files);
  const child: ChildOptions = { cwd: place.folder, env, signal, clock: new SystemClock() };
  const git = request.git === false ? 'none' : await makeRepository(child);
  if (install && !signal.aborted) {
    await installPackages(
      {
        ...{ manager: 'npm', what: place.shown, json: request.json ?? false },
        ...{ remains: 'The workspace itself is complete', again: installLine(place) },
      },
      terminal,
      child,
    );
  }
  if (signal.aborted) {
    await stderr.write(`${place.shown} was created, and not installed. To go on: ${installLine(place)}\n`);
    return interruptedBy(signal);
  }
  await tell({ ...wishes, files: files.size, git }, request, terminal);
  return exitCodes.ok;
}

interface Done extends Wishes {
  /** How many were written. */
  readonly files: number;
  readonly git: RepositoryOutcome;
}

async function tell(done: Done, { json = false }: WorkspaceRequest, { stdout, env }: Terminal): Promise<void> {
  const { place, scope, install, files, git } = done;
  const next = [
    ...(place.shown === '.' ? [] : [[`cd ${place.shown}`, '']]),
    ...(install ? [] : [['npm install', 'what it needs']]),
    ['npm run dev', 'both services, and again what changes'],
    ['npm test', 'each alone, and both together'],
  ].map(([command = '', what = '']) => [command, what] as const);
  if (json) {
    const { folder, name } = place;
    const commands = next.map(([command]) => command);
    await stdout.write(
      `${compactJson({ folder, name, scope: `@${scope}`, files, git, installed: install, next: commands })}\n`,
    );
    return;
  }
  const { bold, dim } = coloursFor(stdout, env);
  const repository = { created: ', in a git repository', existing: '', none: '' }[git];
  const width = Math.max(...next.map(([command]) => command.length));
  const rows = labelled(next.map(([command, what]) => [bold(command) + ' '.repeat(width - command.length), dim(what)]));
  await stdout.write(
    `Created ${bold(place.shown)}: two services that call each other${repository}. Next:\n\n${rows.map((row) => row.trimEnd()).join('\n')}\n`,
  );
}

function installLine({ shown }: Place): string {
  return shown === '.' ? 'npm install' : `cd ${shown} && npm install`;
}
