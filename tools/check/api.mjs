import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompilerState, Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { structuredPatch } from 'diff';
import { publicPackages } from '../run/pack.mjs';

const folder = 'docs/api';
const compilerOptions = {
  target: 'ES2022',
  lib: ['ES2023'],
  module: 'NodeNext',
  types: ['node'],
  strict: true,
  skipLibCheck: true,
  experimentalDecorators: true,
};
const update = process.env['UPDATE_API'] === '1';

/**
 * Whether the reports in docs/api say what is exported, as it was last built: a change of what users see is a change of a file
 * that is read. With `UPDATE_API=1` they are written anew.
 *
 * @param {string} root
 * @returns {Promise<string[]>} Complaints: what differs.
 */
export async function api(root) {
  const work = mkdtempSync(join(tmpdir(), 'skerry-api-'));
  try {
    const entries = (await publicPackages(root)).flatMap((each) => entriesOf(root, each));
    const configs = entries.map((each) => ({ ...each, config: configOf(root, each, entries, work) }));
    /** @type {CompilerState | undefined} Read once for all. */
    let state;
    return configs.flatMap(({ file, config }) => {
      state ??= CompilerState.create(config);
      return checked(root, file, report(config, state));
    });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * @typedef {object} Entry
 * @property {string} home Folder of its package.
 * @property {string} types Path of its declarations, relative to that.
 * @property {string} file Of its report, relative to the root.
 */

/** @param {string} root @param {string} home @returns {Entry[]} */
function entriesOf(root, home) {
  /** @type {{ name: string, exports?: Record<string, string | { types?: string }> }} */
  const { exports = {} } = JSON.parse(readFileSync(join(root, home, 'package.json'), 'utf8'));
  return Object.entries(exports).flatMap(([path, conditions]) => {
    const types = typeof conditions === 'object' ? conditions.types : undefined;
    if (!types) return [];
    const name = [home.replace('packages/', ''), ...path.split('/').slice(1)].filter((each) => each !== '.').join('-');
    return [{ home, types, file: `${folder}/${name}.md` }];
  });
}

/** @param {string} root @param {Entry} entry @param {Entry[]} entries @param {string} work */
function configOf(root, { home, types }, entries, work) {
  const projectFolder = join(root, home);
  const none = { default: { logLevel: ExtractorLogLevel.None } };
  return ExtractorConfig.prepare({
    configObject: {
      projectFolder,
      mainEntryPointFilePath: join(projectFolder, types),
      compiler: {
        overrideTsconfig: { compilerOptions, files: entries.map((each) => join(root, each.home, each.types)) },
      },
      apiReport: {
        enabled: true,
        reportFileName: 'report',
        reportFolder: work,
        reportTempFolder: work,
        includeForgottenExports: true,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      // How it is documented is no part of what it is.
      messages: { extractorMessageReporting: none, tsdocMessageReporting: none },
      newlineKind: 'lf',
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(projectFolder, 'package.json'),
  });
}

/** @param {ExtractorConfig} config @param {CompilerState} compilerState @returns {string} */
function report(config, compilerState) {
  /** @type {string[]} */
  const errors = [];
  Extractor.invoke(config, {
    compilerState,
    localBuild: true,
    messageCallback(message) {
      if (message.logLevel === ExtractorLogLevel.Error) errors.push(message.text);
      message.handled = true;
    },
  });
  if (errors.length > 0) throw new Error(`${config.packageFolder}: ${errors.join('; ')}`);
  return readFileSync(config.reportFilePath, 'utf8')
    .replace(/^ *\/\/ \(undocumented\)\n/gm, '')
    .replaceAll(' (undocumented)', '');
}

/** @param {string} root @param {string} file @param {string} now @returns {string[]} */
function checked(root, file, now) {
  const path = join(root, file);
  if (update) {
    mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(path, now);
    return [];
  }
  const before = readOr(path, '');
  if (before === now) return [];
  const { hunks } = structuredPatch(file, file, before, now, '', '', { context: 2 });
  const lines = hunks.flatMap(({ newStart, lines }) => [`@@ line ${newStart} @@`, ...lines]);
  return [`${file} says something else than what is exported:\n${lines.join('\n')}`];
}

/** @param {string} path @param {string} otherwise */
function readOr(path, otherwise) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise;
  }
}
