import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ok, warn, type Check, type Finding, type Ground } from '../check.js';

/** Programs that run TypeScript, or bundle it, with esbuild: it writes no decorator metadata. */
const runners = /(?:^|[\s&|;'"/])(tsx|esno|esbuild|bun)(?=\s)/;

const withMetadata = 'let tsc or swc compile, with decorator metadata; skerry run takes what was compiled';

/** What compiles the application in another way than tsc, and leaves out what dependency injection reads. */
export const compilers: Check = {
  name: 'compilers',
  async run(ground) {
    const { manifest } = ground;
    const scripts = Object.entries(manifest?.scripts ?? {}).flatMap(([name, line]): Finding[] => {
      const runner = runners.exec(line)?.[1];
      if (runner === undefined) return [];
      return [warn(`script "${name}" runs ${runner}, which writes no decorator metadata`, withMetadata)];
    });
    const found = [...scripts, ...stripTypes(ground), ...vitest(ground), ...swcFile(ground)];
    return found.length > 0 ? found : [ok('nothing that is known to leave out decorator metadata')];
  },
};

function stripTypes({ manifest }: Ground): Finding[] {
  return Object.entries(manifest?.scripts ?? {}).flatMap(([name, line]) =>
    /\bnode\b[^&|;]*\s\S+\.[cm]?ts(?=\s|$)/.test(line) && !line.includes('--import')
      ? [warn(`script "${name}" lets Node strip types, which knows no decorators`, withMetadata)]
      : [],
  );
}

/** By its text, since a configuration may be any program. */
function vitest({ folder, workspace }: Ground): Finding[] {
  return filesOf([folder, workspace], /^(vitest|vite)\.config\.[cm]?[jt]s$/).flatMap(({ name, text }) => {
    const tests = name.startsWith('vitest') || /\btest\s*:/.test(text);
    if (!tests || /unplugin-swc|@swc\/|swc\.vite|vite-plugin-swc/.test(text)) return [];
    return [
      warn(
        `${name} names no swc, and Vitest's own compiler writes no decorator metadata`,
        'npm i -D unplugin-swc @swc/core, and plugins: [swc.vite()] with jsc.transform.decoratorMetadata',
      ),
    ];
  });
}

function swcFile({ folder, workspace }: Ground): Finding[] {
  return filesOf([folder, workspace], /^\.swcrc$/).flatMap(({ name, text }) => {
    const missing = ['legacyDecorator', 'decoratorMetadata'].filter(
      (each) => !new RegExp(`"${each}"\\s*:\\s*true`).test(text),
    );
    if (missing.length === 0) return [];
    return [
      warn(
        `${name} does not set ${missing.join(' and ')}`,
        `write ${missing.map((each) => `"${each}": true`).join(', ')} into jsc.transform`,
      ),
    ];
  });
}

/** The files of these folders, each folder once, whose names fit. */
export function filesOf(folders: readonly string[], pattern: RegExp): { name: string; text: string }[] {
  return [...new Set(folders)].flatMap((folder) =>
    list(folder)
      .filter((name) => pattern.test(name))
      .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') })),
  );
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
