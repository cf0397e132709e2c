import type { Clock } from '@skerry/core';
import type { Terminal } from '../terminal/terminal.js';
import type { ServiceApp } from '../workspace/service-apps.js';

export type Status = 'ok' | 'warn' | 'fail';

/** One thing that a check has found. */
export interface Finding {
  readonly status: Status;
  /** What is so, in one line where possible. */
  readonly text: string;
  /** What to do; always there where it is not `ok`. */
  readonly fix?: string;
}

/** One thing that may be wrong with a machine, a folder or an application. Changes nothing. */
export interface Check {
  /** One or two words. */
  readonly name: string;
  /** It looks at a package: in a workspace at the packages of its applications as well. Default `false`. */
  readonly ofPackages?: boolean;
  /** What was found, never nothing. What it throws becomes a finding, and so does taking too long. */
  run(ground: Ground): Promise<readonly Finding[]>;
}

/** What checks look at. */
export interface Ground {
  /** The directory of the nearest package.json, else the working directory. Absolute. */
  readonly folder: string;
  /** The workspace that it belongs to; the same where it belongs to none. */
  readonly workspace: string;
  /** What the package.json of {@link folder} says; `undefined` where there is none. */
  readonly manifest: Manifest | undefined;
  readonly env: Terminal['env'];
  /** For what reads applications as other commands do. */
  readonly terminal: Terminal;
  readonly clock: Clock;
  /** The Node that runs this: `22.11.0`. */
  readonly nodeVersion: string;
  /** Where the kernel shows its processes; there may be nothing. */
  readonly proc: string;
  /** The application that is to be looked at, as it was written; where none was, {@link applications}, or its folder's own. */
  readonly module: string | undefined;
  /** The applications of a workspace, or the one of the folder; none where one is named, or there is no workspace. */
  readonly applications: readonly ServiceApp[];
}

/** What is read of a package.json; none of it is sure to have the right type but what says so. */
export interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly type?: string;
  readonly engines?: { readonly node?: string };
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly workspaces?: unknown;
  readonly jest?: unknown;
  readonly skerry?: { readonly module?: unknown };
}

export function ok(text: string): Finding {
  return { status: 'ok', text };
}

export function warn(text: string, fix: string): Finding {
  return { status: 'warn', text, fix };
}

export function fail(text: string, fix: string): Finding {
  return { status: 'fail', text, fix };
}
