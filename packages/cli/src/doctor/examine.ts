import { compilers } from './checks/compilers.js';
import { duplicates } from './checks/duplicates.js';
import { engines } from './checks/engines.js';
import { jest } from './checks/jest.js';
import { listen } from './checks/listen.js';
import { node } from './checks/node.js';
import { openFiles } from './checks/open-files.js';
import { packageType } from './checks/package-type.js';
import { registryDirectory } from './checks/registry-directory.js';
import { signals } from './checks/signals.js';
import { tsconfig } from './checks/tsconfig.js';
import { versions } from './checks/versions.js';
import { readManifest } from './ground.js';
import { fail, type Check, type Finding, type Ground } from './check.js';

/** What a check has found. */
export interface Examined {
  readonly check: string;
  readonly findings: readonly Finding[];
}

/** In the order in which they are told: what others depend on comes first. */
const checks: readonly Check[] = [
  ...[node, packageType, tsconfig, compilers, jest],
  ...[duplicates, versions, listen, registryDirectory, openFiles, signals, engines],
];

/** Longer than what an engine's own attempts to connect take. */
const limitMs = 20_000;

/** Runs all checks, at the same time; each has its say, whatever becomes of the others. */
export function examine(ground: Ground, which: readonly Check[] = checks): Promise<Examined[]> {
  return Promise.all(
    which.map(async (check) => {
      const own = await bounded(check.run(ground), ground);
      return {
        check: check.name,
        findings: check.ofPackages ? [...own, ...(await ofOthers(check, own, ground))] : own,
      };
    }),
  );
}

/** What is wrong with the packages of the applications, beside that of the folder. */
async function ofOthers(check: Check, own: readonly Finding[], ground: Ground): Promise<Finding[]> {
  const known = new Set(own.map(({ text }) => text));
  const others = ground.applications.filter(({ directory }) => directory !== ground.folder);
  const found = await Promise.all(
    others.map(async ({ name, directory }) => {
      const there = { ...ground, folder: directory, manifest: readManifest(directory) };
      const findings = await bounded(check.run(there), there);
      return findings
        .filter(({ status, text }) => status !== 'ok' && !known.has(text))
        .map((each) => ({ ...each, text: `${name}: ${each.text}` }));
    }),
  );
  return found.flat();
}

async function bounded(run: Promise<readonly Finding[]>, { clock }: Ground): Promise<readonly Finding[]> {
  let timer: { cancel(): void } | undefined;
  const late = new Promise<readonly Finding[]>((resolve) => {
    const text = `not known: it took more than ${limitMs / 1000} s`;
    timer = clock.setTimer(limitMs, () => resolve([fail(text, 'try again; if it stays so, what it looks at hangs')]));
  });
  try {
    return await Promise.race([run, late]);
  } catch (error) {
    return [fail(`not known: ${error instanceof Error ? error.message : String(error)}`, 'mend that, and try again')];
  } finally {
    timer?.cancel();
  }
}
