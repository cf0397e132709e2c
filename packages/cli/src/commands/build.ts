import type { CliCommand } from '../command.js';
import type { BuildRequest } from '../build/build-packages.js';
import type { Terminal } from '../terminal/terminal.js';

export const build: CliCommand = {
  name: 'build',
  summary: 'compile an application, or the whole workspace',
  examples: ['skerry build', 'skerry build --bundle', 'skerry build greeter reception'],
  declare(command, act) {
    command
      .description(
        'Compiles TypeScript from src to dist, with the decorator metadata that Skerry needs and with source maps: of the package in ' +
          'the working directory, or of all packages of the workspace. Specs, fixtures and what an earlier build left behind are ' +
          'not in it; files that are no TypeScript are copied. Types are not checked: that is what tsc --noEmit is for. A library ' +
          'whose package.json exports types gets declarations too, where typescript is installed.',
      )
      .argument('[packages...]', 'names or directories of packages of the workspace (default: where you are)')
      .option('--bundle', 'make one file of each application, dist/main.js, which starts faster; needs esbuild')
      .option(
        '--external <package>',
        'leave a package out of the bundle; native addons are left out by themselves (repeatable)',
        (name: string, others: readonly string[] = []) => [...others, name],
      )
      .option('--json', 'print what was built as one line of JSON; an error too, on standard error')
      .action((packages: readonly string[], options: Omit<BuildRequest, 'packages'>) =>
        act((terminal) => buildAll({ ...options, packages }, terminal)),
      );
  },
};

async function buildAll(request: BuildRequest, terminal: Terminal): Promise<number> {
  const { buildPackages } = await import('../build/build-packages.js');
  return buildPackages(request, terminal);
}
