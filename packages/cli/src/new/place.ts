import { readdirSync, statSync } from 'node:fs';
import { basename, relative, resolve } from 'node:path';
import { UsageError } from '../usage-error.js';

/** Where a workspace is going to be. */
export interface Place {
  /** Absolute. */
  readonly folder: string;
  /** For messages: as one would write it from the working directory. */
  readonly shown: string;
  /** Of the workspace: what its folder is called. */
  readonly name: string;
}

/** In characters; the template is formatted for it, and Kubernetes takes twice as much. */
const maxNameLength = 32;

const form = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** Devices, which Windows has in every folder. */
const windowsDevice = /^(con|prn|aux|nul|com\d|lpt\d)$/;
/** What may be there already. */
const harmless = ['.git', '.DS_Store', 'Thumbs.db'];

/**
 * The place that is meant by `shop`, `backend/shop` or `.`. Throws a `UsageError` when its name cannot be used, or when something is
 * there already.
 *
 * @param taken Names of packages that the workspace depends on.
 */
export function placeOf(asked: string, cwd: string, taken: readonly string[] = []): Place {
  const folder = resolve(cwd, asked);
  const name = basename(folder);
  const problem = nameProblem(name, taken);
  if (problem !== undefined) {
    throw new UsageError(
      `Cannot create ${asked}: '${name}' cannot be the name of a workspace: ${problem}.`,
      `name it like ${suggestion(name, taken)}`,
    );
  }
  const shown = relative(cwd, folder) || '.';
  checkEmpty(folder, shown);
  return { folder, shown, name };
}

/**
 * The scope of a workspace's packages, without its `@`. Throws a `UsageError` for one that cannot be used.
 *
 * @param asked `shop` or `@shop`.
 */
export function scopeOf(asked: string, taken: readonly string[] = []): string {
  const scope = asked.replace(/^@/, '');
  const used = taken.find((each) => each.startsWith(`@${scope}/`));
  const problem = used === undefined ? nameProblem(scope, []) : `${used} is a package of somebody else`;
  if (problem === undefined) return scope;
  throw new UsageError(
    `Cannot use the scope '${asked}': ${problem}.`,
    `write it like @${suggestion(scope, used === undefined ? [] : [scope])}`,
  );
}

function nameProblem(name: string, taken: readonly string[]): string | undefined {
  if (name === '') return 'it is empty';
  if (name.length > maxNameLength) return `it has ${name.length} characters; ${maxNameLength} are allowed`;
  if (!form.test(name)) return 'it may have small letters and digits, with single hyphens between them, a letter first';
  if (windowsDevice.test(name)) return 'Windows keeps it for a device';
  if (taken.includes(name)) return 'a package that the workspace needs is called so';
  return undefined;
}

/** A name that can be used, as near to `name` as possible. */
function suggestion(name: string, taken: readonly string[]): string {
  const near = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, maxNameLength - '-services'.length)
    .replace(/-+$/, '');
  if (near === '') return 'shop';
  return nameProblem(near, taken) === undefined ? near : `${near}-services`;
}

function checkEmpty(folder: string, shown: string): void {
  let entries: string[];
  try {
    if (!statSync(folder, { throwIfNoEntry: false })) return;
    entries = readdirSync(folder).filter((entry) => !harmless.includes(entry));
  } catch (error) {
    throw new UsageError(`Cannot create ${shown}: ${(error as Error).message}.`, 'choose another folder');
  }
  if (entries.length === 0) return;
  const few = entries.slice(0, 3).join(', ');
  const more = entries.length > 3 ? ` and ${entries.length - 3} more` : '';
  throw new UsageError(
    `Cannot create ${shown}: the folder is not empty: it has ${few}${more}.`,
    'choose another name, or empty it first; nothing of it was touched',
  );
}
