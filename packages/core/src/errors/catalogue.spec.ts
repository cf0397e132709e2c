import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { catalogue, isSkerryCode, type SkerryCode } from './catalogue.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const folder = join(root, 'docs/errors');
const codes = Object.keys(catalogue) as SkerryCode[];
const files = readdirSync(folder).filter((name) => name !== 'README.md');
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

const fence = /^```.*\n([\s\S]*?)^```$/gm;

/** A page taken apart: its lines that are not empty, and its sections by heading. */
function pageOf(code: SkerryCode): { lines: string[]; example: string; sections: Map<string, string> } {
  const text = read(`${code}.md`);
  const example = [...text.matchAll(fence)][0]?.[1] ?? '';
  const parts = text.replace(fence, 'code').split(/^## /m).slice(1);
  const sections = new Map(parts.map((part) => [part.split('\n', 1)[0]!, part.slice(part.indexOf('\n')).trim()]));
  return { lines: text.split('\n').filter((line) => line !== ''), example, sections };
}

/** The relative links of a page, without their fragments. */
function linksIn(name: string): string[] {
  return [
    ...read(name)
      .replace(fence, '')
      .matchAll(/\]\((?!https?:)([^)#]*)[^)]*\)/g),
  ].map(([, to]) => to!);
}

describe('each error has its page', () => {
  test('every code has a page, and every page a code', () => {
    expect(files.sort()).toEqual(codes.map((code) => `${code}.md`).sort());
  });

  test.each(codes)('%s: the page says what the catalogue says, shows it, why it happens and what to do', (code) => {
    const { status, retryable, summary } = catalogue[code];
    const facts = `Status \`${status}\`, retryable \`${retryable}\`.`;
    const { lines, example, sections } = pageOf(code);
    expect(lines.slice(0, 3)).toEqual([`# ${code}`, summary, facts]);
    expect(example).toContain(code);
    expect([...sections.keys()]).toEqual(['Why', 'What to do']);
    expect([...sections].filter(([, content]) => content === '')).toEqual([]);
  });

  test('the index lists all as the catalogue has them, in its order', () => {
    const rows = read('README.md')
      .split('\n')
      .filter((line) => line.startsWith('| ['));
    expect(rows).toEqual(
      codes.map((code) => {
        const { status, retryable, summary } = catalogue[code];
        return `| [${code}](${code}.md) | ${summary} | \`${status}\` | ${retryable ? 'yes' : 'no'} |`;
      }),
    );
  });

  test('every link leads to another page', () => {
    const links = ['README.md', ...files].flatMap((name) => linksIn(name).map((to) => ({ name, to })));
    expect(links.filter(({ name, to }) => to === name || !existsSync(join(folder, to)))).toEqual([]);
  });
});

describe('the catalogue is what the code uses', () => {
  const packages = join(root, 'packages');
  const sources = readdirSync(packages).flatMap((name) => sourcesIn(join(packages, name, 'src')));
  const text = sources.map((path) => readFileSync(path, 'utf8')).join('\n');
  const areas = new Set(codes.map(areaOf));

  test('every code is used', () => {
    const used = new Set([...text.matchAll(/'(SKERRY_\w+)'/g)].map(([, code]) => code!));
    expect(codes.filter((code) => !used.has(code))).toEqual([]);
  });

  // What comes after SKERRY_ and is no area names a variable of the environment, and so do these.
  const variables = new Set(
    ['CERT', 'KEY', 'CA', 'REQUIRE_CLIENT_CERT', 'SERVER_NAME', 'MIN_VERSION', 'PLAINTEXT'].map(
      (each) => `SKERRY_TLS_${each}`,
    ),
  );
  test.each([
    ['the code', () => text],
    ['the documentation', () => ['README.md', ...files].map(read).join('\n')],
  ])('%s names no code that is not in it', (_what, textOf) => {
    const named = new Set([...textOf().matchAll(/\bSKERRY_[A-Z]+_[A-Z]\w*/g)].map(([code]) => code));
    const unknown = [...named].filter((code) => areas.has(areaOf(code)) && !isSkerryCode(code));
    expect(unknown.filter((name) => !variables.has(name))).toEqual([]);
  });
});

/** `SKERRY_DI_CYCLE` is of the area `DI`. */
function areaOf(code: string): string {
  return code.split('_')[1]!;
}

/** The sources below a folder, without tests and the catalogue itself. */
function sourcesIn(path: string): string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts') && basename(name) !== 'catalogue.ts')
    .map((name) => join(path, name));
}
