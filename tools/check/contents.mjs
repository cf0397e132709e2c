import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { list } from 'tar';

/**
 * @typedef {object} Manifest
 * @property {string} name
 * @property {string} version
 * @property {string} [description]
 * @property {string[]} [keywords]
 * @property {string} [license]
 * @property {string} [type]
 * @property {unknown} [sideEffects]
 * @property {{ access?: string }} [publishConfig]
 * @property {{ node?: string }} [engines]
 * @property {unknown} [exports]
 * @property {Record<string, string>} [dependencies]
 */

// What only this repository needs.
const unwanted = /^dist\/(.*\.(spec|spec-d)\.|(.*\/)?fixtures\/)|\.tsbuildinfo$|^src\/|^tsconfig|\.tgz$/;
// What the compiler makes of a source.
const compiled = /^dist\/(.+?)(\.d\.ts|(?<!\.min)\.js(\.map)?)$/;

/**
 * What a user would get that is of no use, or would miss: files that are not for them, maps that lead nowhere, exports that are
 * not there, what package.json must say.
 *
 * @param {string} root
 * @param {import('../run/pack.mjs').Packed[]} packed
 * @returns {Promise<string[]>} Complaints.
 */
export async function contents(root, packed) {
  /** @type {{ engines: { node: string } }} */
  const { engines } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const names = packed.map(({ name }) => name);
  const complaints = packed.map(async ({ name, version, home, tarball }) => {
    const files = await filesOf(tarball);
    /** @type {Manifest} */
    const manifest = JSON.parse(files.get('package.json') ?? '{}');
    const found = [
      ...manifestFaults(manifest, engines.node),
      ...dependencyFaults(manifest, names, version),
      ...fileFaults([...files.keys()], manifest),
      ...mapFaults(files),
      ...staleFaults([...files.keys()], join(root, home)),
    ];
    return found.map((each) => `${name}: ${each}`);
  });
  return (await Promise.all(complaints)).flat();
}

/** @param {Manifest} manifest @param {string} node */
function* manifestFaults(manifest, node) {
  if (!manifest.description) yield 'package.json has no description';
  if (!manifest.keywords?.includes('skerry')) yield 'package.json has no keywords, or not "skerry" among them';
  if (manifest.license !== 'MIT') yield 'package.json has not "license": "MIT"';
  if (manifest.type !== 'module') yield 'package.json has not "type": "module"';
  if (manifest.engines?.node !== node) yield `package.json has not the "engines" of the workspace: node ${node}`;
  if (manifest.sideEffects === undefined) yield 'package.json does not say whether it has "sideEffects"';
  if (manifest.publishConfig?.access !== 'public') yield 'package.json has not "publishConfig": { "access": "public" }';
}

/** @param {Manifest} manifest @param {string[]} names @param {string} version */
function* dependencyFaults({ dependencies = {} }, names, version) {
  for (const [name, range] of Object.entries(dependencies)) {
    if (!name.startsWith('@skerry')) continue;
    if (!names.includes(name)) yield `depends on ${name}, which is not published`;
    else if (range !== version) yield `depends on ${name} ${range}: all packages have one version, ${version}`;
  }
}

/** @param {string[]} files @param {Manifest} manifest */
function* fileFaults(files, manifest) {
  for (const each of ['LICENSE', 'README.md']) if (!files.includes(each)) yield `${each} is missing`;
  for (const each of files) if (unwanted.test(each)) yield `${each} is of no use to a user: leave it out by "files"`;
  for (const each of targets(manifest.exports))
    if (!files.includes(each)) yield `package.json exports ${each}, which is not there`;
}

/** A build leaves what it once made of sources that are gone. @param {string[]} files @param {string} home */
function* staleFaults(files, home) {
  for (const each of files) {
    const [, name] = compiled.exec(each) ?? [];
    if (!name || existsSync(join(home, 'src', `${name}.ts`))) continue;
    yield `${each} is of a source that is gone: remove ${join(home, 'dist')} and build again`;
  }
}

/** The files that `exports` names. @param {unknown} exports @returns {string[]} */
function targets(exports) {
  if (typeof exports === 'string') return exports.includes('*') ? [] : [posix.normalize(exports)];
  return Object.values(exports ?? {}).flatMap(targets);
}

/** @param {Map<string, string>} files */
function* mapFaults(files) {
  for (const [path, text] of files) {
    const [, map] = /^\/\/# sourceMappingURL=(?!data:)(\S+)\s*$/m.exec(path.endsWith('.js') ? text : '') ?? [];
    if (map && !files.has(posix.join(posix.dirname(path), map))) yield `${path} names a source map that is not there`;
    if (!path.endsWith('.map')) continue;
    /** @type {{ sources: string[], sourcesContent?: (string | null)[] }} */
    const { sources, sourcesContent = [] } = JSON.parse(text);
    const lost = sources.find((_, index) => typeof sourcesContent[index] !== 'string');
    if (lost) yield `${path} leads to ${lost}, which is neither there nor in the map`;
  }
}

/** @param {string} tarball @returns {Promise<Map<string, string>>} Texts by path. */
async function filesOf(tarball) {
  /** @type {Map<string, string>} */
  const files = new Map();
  await list({
    file: tarball,
    onReadEntry(entry) {
      /** @type {Buffer[]} */
      const parts = [];
      entry.on('data', (/** @type {Buffer} */ data) => parts.push(data));
      entry.on('end', () => files.set(entry.path.replace(/^package\//, ''), Buffer.concat(parts).toString()));
    },
  });
  return files;
}
