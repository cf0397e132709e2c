import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { declaredInterface } from './reference/declared-interface.mjs';
import { optionsPage, parts } from './reference/options-page.mjs';

/** The reference is made of the sources. UPDATE_REFERENCE=1 writes it anew. */

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

describe('the reference', () => {
  test('of options is what the sources say', () => {
    const page = join(root, 'docs/reference/options.md');
    const fresh = optionsPage(root);
    if (process.env['UPDATE_REFERENCE']) writeFileSync(page, fresh);
    expect(readFileSync(page, 'utf8')).toBe(fresh);
  });

  test('says something of each option', () => {
    const silent = parts.flatMap(({ chapters }) =>
      chapters.flatMap(({ file, name }) =>
        declaredInterface(join(root, 'packages', file), name)
          .members.filter(({ text }) => text === '')
          .map((member) => `${name}.${member.name}`),
      ),
    );
    expect(silent).toEqual([]);
  });

  test('names the environment variables that the packages read, and no other', () => {
    const page = readFileSync(join(root, 'docs/reference/environment.md'), 'utf8');
    const named = [...page.matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, cell]) => cell!.match(/[A-Z][A-Z_]+/g) ?? []);
    expect(named.sort()).toEqual(variablesRead().sort());
  });
});

/** `env['X']`, and what is handed to who reads it; `env` itself is an argument everywhere. */
function variablesRead(): string[] {
  const sources = readdirSync(join(root, 'packages'), { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\/src\/.*\.ts$/.test(`/${file}`) && !/\.spec\.ts$|\/fixtures\/|node_modules/.test(file),
  );
  const found = sources.flatMap((file) => {
    const text = readFileSync(join(root, 'packages', file), 'utf8');
    return [...text.matchAll(/env\['([A-Z_]+)'\]|oneOf\('([A-Z_]+)', env|Variable = '([A-Z_]+)'/g)].map(
      ([, read, chosen, named]) => (read ?? chosen ?? named)!,
    );
  });
  return [...new Set(found)];
}
