import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Code in the guide is not written twice: a fence such as ```ts file=apps/hello/src/x.ts region=service``` shows a region of
 * a file that is compiled and run. This checks that it still does; UPDATE_SNIPPETS=1 copies the regions anew.
 */

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const packages = readdirSync(join(root, 'packages')).map((name) => `packages/${name}/README.md`);
const pages = ['README.md', 'CONTRIBUTING.md', 'apps/shop/README.md', ...packages]
  .map((page) => join(root, page))
  .concat(markdownIn(join(root, 'docs')));
const fence = /^```(\w+) file=(\S+)(?: region=(\S+))?\n([^]*?)^```$/gm;

describe('the code in the documentation', () => {
  test('is there at all', () => {
    const fences = pages.flatMap((page) => [...readFileSync(page, 'utf8').matchAll(fence)]);
    expect(fences.length).toBeGreaterThan(3);
  });

  test.each(pages.filter((page) => readFileSync(page, 'utf8').match(fence)))('%s shows code as it is', (page) => {
    const text = readFileSync(page, 'utf8');
    const fresh = text.replace(fence, (_all, language: string, file: string, region: string | undefined) => {
      const marker = region ? ` region=${region}` : '';
      return `\`\`\`${language} file=${file}${marker}\n${snippet(file, region)}\`\`\``;
    });
    if (process.env['UPDATE_SNIPPETS']) writeFileSync(page, fresh);
    else expect(text).toBe(fresh);
  });

  test.each(pages)('%s links to what exists', (page) => {
    const links = [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g)].map(
      (match) => match[1]!,
    );
    const broken = links.filter((link) => {
      try {
        readdirSync(resolve(dirname(page), link));
        return false;
      } catch (error) {
        return (error as NodeJS.ErrnoException).code !== 'ENOTDIR';
      }
    });
    expect(broken).toEqual([]);
  });
});

function markdownIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));
}

/** The lines of a file, or of one region of it, without the markers. */
function snippet(file: string, region: string | undefined): string {
  const text = readFileSync(join(root, file), 'utf8');
  if (!region) return text;
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.trim() === `// #region ${region}`);
  const end = lines.findIndex((line) => line.trim() === `// #endregion ${region}`);
  if (start < 0 || end < start) throw new Error(`${file} has no region '${region}'`);
  return `${lines.slice(start + 1, end).join('\n')}\n`;
}
