import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ok, warn, type Check, type Finding } from '../check.js';
import { filesOf } from './compilers.js';

const starters = /^(npm|npx|yarn|pnpm|bun)$/;
const shells = /^(sh|bash|ash|dash|zsh)$/;

/** Whether a SIGTERM reaches the application in a container: the first process gets it, and some keep it for themselves. */
export const signals: Check = {
  name: 'signals',
  ofPackages: true,
  async run({ folder, workspace, proc }) {
    const found = [
      ...filesOf([folder, workspace], /^(Dockerfile|Containerfile)(\..+)?$/).flatMap(({ name, text }) =>
        inDockerfile(name, text),
      ),
      ...firstProcess(proc),
    ];
    return found.length > 0 ? found : [ok('nothing is known to keep SIGTERM from the application')];
  },
};

const fix = (command: string): string => `start Node itself: ${command}`;

function inDockerfile(name: string, text: string): Finding[] {
  const lines = text.replace(/\\\r?\n/g, ' ').split(/\r?\n/);
  // Of several the last one holds.
  const last = (instruction: string): string | undefined =>
    lines
      .findLast((line) => new RegExp(`^\\s*${instruction}\\s`, 'i').test(line))
      ?.replace(/^\s*\w+\s+/, '')
      .trim();
  return ['ENTRYPOINT', 'CMD'].flatMap((instruction): Finding[] => {
    const command = last(instruction);
    if (command === undefined || command === '') return [];
    const words = exec(command);
    const [program = '', ...rest] = words ?? command.split(/\s+/);
    const better = `${instruction} ["node", "dist/main.js"]`;
    if (starters.test(program)) {
      return [
        warn(
          `${name}: ${instruction} starts ${program}, which may end before the application has, or keep SIGTERM for itself`,
          fix(better),
        ),
      ];
    }
    if (words && !shells.test(program)) return [];
    if (words ? rest.some((each) => /\bexec\s/.test(each)) || rest.length === 0 : program === 'exec') return [];
    return [warn(`${name}: ${instruction} starts a shell, which does not pass on SIGTERM`, fix(better))];
  });
}

/** The words of `["node", "dist/main.js"]`; `undefined` for a line of a shell. */
function exec(command: string): string[] | undefined {
  try {
    const words: unknown = JSON.parse(command);
    return Array.isArray(words) ? words.map(String) : undefined;
  } catch {
    return undefined;
  }
}

/** In a container that is running now, what was started first. */
function firstProcess(proc: string): Finding[] {
  let words: string[];
  try {
    words = readFileSync(join(proc, '1/cmdline'), 'utf8').split('\0');
  } catch {
    return [];
  }
  const names = words.slice(0, 2).map(
    (word) =>
      word
        .split('/')
        .at(-1)!
        .replace(/(-cli)?\.[cm]?js$/, '')
        .split(' ')[0]!,
  );
  const starter = names.find((name) => starters.test(name));
  if (starter === undefined) return [];
  return [
    warn(
      `${starter} is the first process here, and gets SIGTERM in place of the application`,
      fix('node dist/main.js'),
    ),
  ];
}
