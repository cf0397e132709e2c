import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

/**
 * `node ../../tools/build/bundle.mjs inversify dist/container/inversify.min.js`, run in the folder of a package: puts a library and all
 * that it needs into one file, with their licences. What the package depends on stays outside of it.
 *
 * For libraries of many small files, which take more room than they have code, and longer to load than to run.
 */
const [library = '', outfile = ''] = process.argv.slice(2);
/** @type {{ dependencies?: Record<string, string> }} */
const { dependencies = {} } = JSON.parse(readFileSync('package.json', 'utf8'));
const { metafile, outputFiles } = await build({
  stdin: { contents: `export * from '${library}';`, resolveDir: process.cwd() },
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // Names stay as they are: they are in the stacks of errors.
  minifyWhitespace: true,
  minifySyntax: true,
  external: Object.keys(dependencies),
  metafile: true,
  write: false,
  outfile,
});
const folders = Object.keys(metafile.inputs).flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []);
mkdirSync(dirname(outfile), { recursive: true });
writeFileSync(outfile, `${licencesOf([...new Set(folders)])}${outputFiles[0]?.text}`);

/** As comments: whoever passes a library on passes its licence on. @param {string[]} folders Of packages. */
function licencesOf(folders) {
  /** @type {Map<string, string[]>} */
  const names = new Map();
  for (const folder of folders.sort()) {
    const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
    if (file === undefined) throw new Error(`${folder} has no licence, and cannot be passed on`);
    const text = readFileSync(join(folder, file), 'utf8').trim().replaceAll('*/', '* /');
    names.set(text, [...(names.get(text) ?? []), folder.replace(/^.*node_modules\//, '')]);
  }
  return [...names].map(([text, packages]) => `/*!\n${packages.join(', ')}\n\n${text}\n*/\n`).join('');
}
