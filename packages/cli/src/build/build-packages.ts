import { join, relative } from 'node:path';
import { SystemClock } from '@skerry/core';
import { exitCodes } from '../exit-codes.js';
import { coloursFor } from '../terminal/colours.js';
import { compactJson } from '../terminal/json-text.js';
import { printable } from '../terminal/printable.js';
import type { Terminal } from '../terminal/terminal.js';
import { CompileError, placeOf } from '../typescript/compile-error.js';
import { loadSwc } from '../typescript/swc.js';
import { choosePackages } from '../workspace/choose-packages.js';
import { serviceApps } from '../workspace/service-apps.js';
import { readWorkspace, type Workspace, type WorkspacePackage } from '../workspace/workspace.js';
import { bundlePackage } from './bundle-package.js';
import { compilePackage } from './compile-package.js';
import { declaresTypes, writeDeclarations } from './declarations.js';
import { writeOutput } from './write-output.js';

export interface BuildRequest {
  /** Names or directories. */
  readonly packages: readonly string[];
  readonly bundle?: boolean;
  /** Left out of a bundle. */
  readonly external?: readonly string[];
  readonly json?: boolean;
}

interface Built {
  readonly package: string;
  readonly directory: string;
  readonly files: number;
  readonly changed: number;
  readonly removed: readonly string[];
  /** What a bundle needs to be installed beside it. */
  readonly external?: readonly string[];
  readonly tookMs: number;
}

/** Builds one package after the other, those first that others need; what cannot be built does not keep others from it. */
export async function buildPackages(request: BuildRequest, terminal: Terminal): Promise<number> {
  const { stdout, stderr, env, cwd } = terminal;
  const workspace = readWorkspace(cwd);
  const clock = new SystemClock();
  const built: Built[] = [];
  let failed = false;
  for (const each of choosePackages(workspace, request.packages, cwd)) {
    const startedAt = clock.now();
    try {
      const done = await buildPackage(each, workspace, request);
      const { complaint, ...result } = done;
      const told = { ...result, tookMs: Math.round(clock.now() - startedAt) };
      built.push(told);
      if (complaint) await stderr.write(`${printable(complaint)}\n`);
      failed ||= complaint !== '';
      if (!request.json) await stdout.write(`${summary(told, coloursFor(stdout, env))}\n`);
    } catch (error) {
      const mistakes = error instanceof AggregateError ? (error.errors as unknown[]) : [error];
      for (const mistake of mistakes) {
        if (!(mistake instanceof CompileError)) throw mistake;
        await stderr.write(`${describeMistake(mistake, request, terminal)}\n`);
      }
      failed = true;
    }
  }
  if (request.json) await stdout.write(`${compactJson(built)}\n`);
  return failed ? exitCodes.failed : exitCodes.ok;
}

async function buildPackage(
  each: WorkspacePackage,
  workspace: Workspace,
  { bundle = false, external = [] }: BuildRequest,
): Promise<Omit<Built, 'tookMs'> & { complaint: string }> {
  const { directory, manifest } = each;
  const swc = loadSwc(workspace.root);
  const app = serviceApps(workspace).find((other) => other.directory === directory);
  const bundled = bundle && app ? await bundlePackage(swc, app, external) : undefined;
  const output = bundled?.output ?? compilePackage(swc, directory);
  const declares = !app && declaresTypes(manifest);
  const { changed, removed } = writeOutput(
    join(directory, 'dist'),
    output,
    (file) => declares && isDeclaration(file, output),
  );
  return {
    package: manifest.name ?? relative(workspace.root, directory),
    directory,
    files: output.size,
    changed,
    removed,
    ...(bundled ? { external: bundled.external } : {}),
    complaint: declares ? await writeDeclarations(directory) : '',
  };
}

/** What TypeScript writes beside a file of this build. */
function isDeclaration(file: string, output: ReadonlyMap<string, unknown>): boolean {
  return output.has(file.replace(/\.d\.(m?)ts(\.map)?$/, '.$1js'));
}

function summary(
  { package: name, files, changed, removed, external, tookMs }: Built,
  { bold, dim }: ReturnType<typeof coloursFor>,
): string {
  const stale = removed.length > 0 ? `, ${removed.length} removed` : '';
  const beside = external && external.length > 0 ? `; to be installed beside it: ${external.join(', ')}` : '';
  return `${bold(name)}  ${files} files, ${changed} changed${stale}${beside}  ${dim(`${tookMs} ms`)}`;
}

function describeMistake({ mistake }: CompileError, { json }: BuildRequest, { cwd, stderr, env }: Terminal): string {
  const { path, line, column, reason, excerpt } = mistake;
  const file = relative(cwd, path);
  if (json) return compactJson({ message: reason, file, line, column, excerpt });
  const { bold, red } = coloursFor(stderr, env);
  return `${bold(placeOf(mistake, file))}  ${red(printable(reason))}${excerpt && `\n\n${printable(excerpt)}\n`}`;
}
