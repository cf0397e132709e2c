import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { systemProgram } from '@skerry-private/test-kit';
import { countdown, hello } from '../fixtures/greeter.js';
import { RegistryDirectory } from '../fixtures/registry-directory.js';
import { scripts, type Shell } from './scripts.js';

// The real shells, with the real command as it was built.
const run = promisify(execFile);
const bin = fileURLToPath(new URL('../../bin/skerry.js', import.meta.url));

let folder: string;
let registry: RegistryDirectory;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skerry-cli-'));
  await symlink(bin, join(folder, 'skerry'));
  registry = await RegistryDirectory.create();
  await registry.register({ service: 'greeter', id: 'greeter-1', endpoints: [countdown, hello] });
  await registry.register({ service: 'orders', id: 'orders-1' });
});
afterAll(async () => {
  await registry.close();
  await rm(folder, { recursive: true });
});

async function shell(command: string, args: readonly string[]): Promise<string[]> {
  const env = { ...process.env, ...registry.env, PATH: `${folder}:${process.env['PATH']}`, TERM: 'dumb', HOME: folder };
  const { stdout } = await run(command, args, { cwd: folder, env: { ...env, NODE_OPTIONS: '', SKERRY_APP: '' } });
  return stdout.split('\n').filter(Boolean);
}

// What the tab key shows, by the means of each shell.
const drivers: Readonly<Record<Shell, (words: readonly string[]) => Promise<string[]>>> = {
  bash: (words) => {
    const line = ['skerry', ...words].map((word) => `'${word}'`).join(' ');
    const ask = `COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _skerry_complete; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return shell('bash', ['--norc', '-c', `${scripts.bash}\n${ask}`]);
  },
  zsh: (words) => {
    // What the completion system would show is printed instead.
    const stubs = `compdef() { :; }; _files() { print -rl -- *(N); }; _describe() { print -rl -- "\${(@)\${(@P)2}%%:*}"; }`;
    const line = ['skerry', ...words].map((word) => `'${word}'`).join(' ');
    const ask = `words=(${line}); CURRENT=${words.length + 1}; _skerry`;
    return shell('zsh', ['-f', '-c', `${stubs}\n${scripts.zsh}\n${ask}`]);
  },
  fish: async (words) => {
    const line = ['skerry', ...words].join(' ');
    const lines = await shell('fish', ['--no-config', '-c', `${scripts.fish}\ncomplete -C '${line}'`]);
    return lines.map((each) => each.split('\t')[0]!);
  },
};

const there: Readonly<Record<Shell, boolean>> = {
  bash: await systemProgram({ probe: ['bash', '--version'], packages: ['bash'] }),
  zsh: await systemProgram({ probe: ['zsh', '--version'], packages: ['zsh'] }),
  fish: await systemProgram({ probe: ['fish', '--version'], packages: ['fish'] }),
};

for (const name of ['bash', 'zsh', 'fish'] as const) {
  (there[name] ? describe : describe.skip)(name, () => {
    const completed = drivers[name];

    test('completes commands', async () => {
      expect(await completed(['ser'])).toEqual(['services']);
      expect((await completed(['dlq', ''])).sort()).toEqual(['drop', 'help', 'list', 'retry', 'show']);
    });

    test('completes options and their values', async () => {
      expect(await completed(['call', '--re'])).toEqual(['--repeat']);
      expect((await completed(['graph', '--format', ''])).sort()).toEqual(['mermaid', 'text']);
    });

    test('completes the names of what runs', async () => {
      expect((await completed(['describe', ''])).sort()).toEqual(['greeter', 'orders']);
      expect((await completed(['call', 'greeter.'])).sort()).toEqual(['greeter.countdown', 'greeter.hello']);
    });

    test('completes files where files are meant', async () => {
      expect(await completed(['graph', ''])).toContain('skerry');
    });

    test('completes nothing where there is nothing, and is silent about it', async () => {
      expect(await completed(['call', 'nobody.'])).toEqual([]);
    });
  });
}
