import { SystemClock } from '@skerry/core';
import type { WorkspaceRequest } from '../commands/new.js';
import { exitCodes } from '../exit-codes.js';
import type { ChildOptions } from '../install/child.js';
import { installPackages } from '../install/install-packages.js';
import { ownVersion } from '../own-version.js';
import { coloursFor } from '../terminal/colours.js';
import { compactJson } from '../terminal/json-text.js';
import { labelled } from '../terminal/rows.js';
import { interruptedBy, type Terminal } from '../terminal/terminal.js';
import { forPackageManager } from './for-package-manager.js';
import { firstInstall, leftOut, packageManagerOf, scriptLine, type PackageManager } from './package-manager.js';
import type { Place } from './place.js';
import { makeRepository, type RepositoryOutcome } from './repository.js';
import { renderTemplate, templateDependencies } from './template.js';
import { wishesOf, type Wishes } from './wishes.js';
import { writeFiles } from './write-files.js';

/** Creates a workspace, and tells what to do with it. Gives the exit code. */
export async function createWorkspace(request: WorkspaceRequest, terminal: Terminal): Promise<number> {
  const { signal, stderr, env, cwd } = terminal;
  const clock = new SystemClock();
  const other = request.packageManager === undefined ? leftOut(env) : undefined;
  if (other !== undefined && !request.json) {
    await stderr.write(`A workspace is installed by npm, pnpm or yarn 4: ${other} is left out, and npm does it.\n`);
  }
  let wishes: Wishes;
  try {
    const manager = await packageManagerOf(request.packageManager, { cwd, env, signal, clock });
    wishes = await wishesOf(request, terminal, manager, [...templateDependencies().keys()]);
  } catch (error) {
    if (!signal.aborted) throw error;
    await stderr.write('\nNothing was created.\n');
    return interruptedBy(signal);
  }
  const { place, scope, install, manager } = wishes;
  const files = forPackageManager(renderTemplate({ name: place.name, scope, version: ownVersion() }), manager);
  await writeFiles(place, files);
  const child: ChildOptions = { cwd: place.folder, env, signal, clock };
  const git = request.git === false ? 'none' : await makeRepository(child);
  if (install && !signal.aborted) {
    await installPackages(
      {
        ...{ manager: manager.name, command: firstInstall(manager) },
        ...{ what: place.shown, json: request.json ?? false },
        ...{ remains: 'The workspace itself is complete', again: installLine(place, manager) },
      },
      terminal,
      child,
    );
  }
  if (signal.aborted) {
    await stderr.write(`${place.shown} was created, and not installed. To go on: ${installLine(place, manager)}\n`);
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

async function tell(made: Done, { json = false }: WorkspaceRequest, { stdout, env }: Terminal): Promise<void> {
  const { place, scope, install, manager, files, git } = made;
  const next = [
    ...(place.shown === '.' ? [] : [[`cd ${place.shown}`, '']]),
    ...(install ? [] : [[`${manager.name} install`, 'what it needs']]),
    [scriptLine(manager, 'dev'), 'both services, and again what changes'],
    [scriptLine(manager, 'test'), 'each alone, and both together'],
  ].map(([command = '', what = '']) => [command, what] as const);
  if (json) {
    const { folder, name } = place;
    const done = { folder, name, scope: `@${scope}`, packageManager: manager.name, files, git, installed: install };
    await stdout.write(`${compactJson({ ...done, next: next.map(([command]) => command) })}\n`);
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

function installLine({ shown }: Place, { name }: PackageManager): string {
  return shown === '.' ? `${name} install` : `cd ${shown} && ${name} install`;
}
