import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cachedPackage, nodeProgram, packageRegistryStarter, processStarter } from '@skerry-private/test-kit';

// What the documentation promises: docs/compatibility.md.
const nodes = ['20.19.0', '22', '24', '26'] as const;
const compilers = ['5.9', '6.0', '7.0'] as const;

const startProcess = processStarter(afterAll);
const startRegistry = packageRegistryStarter(afterAll);
const folders: string[] = [];
afterAll(() => Promise.all(folders.map((each) => rm(each, { recursive: true, force: true }))));

interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

/** A project of someone who knows only the registry, outside of this repository. */
interface Consumer {
  readonly folder: string;
  /** Every path that can be imported: `@skerry/protobuf/schema-first`. */
  readonly entries: readonly string[];
  readonly nodePrograms: readonly string[];
  readonly compiled: readonly Outcome[];
}

async function run(cwd: string, command: string, args: readonly string[], env = {}): Promise<Outcome> {
  const started = await startProcess(command, args, { cwd, env });
  const { code } = await started.exited;
  return { code, output: started.output };
}

async function installed(): Promise<Consumer> {
  const folder = await mkdtemp(join(tmpdir(), 'skerry-consumer-'));
  folders.push(folder);
  const [registry, nodePrograms, typescripts] = await Promise.all([
    startRegistry(),
    Promise.all(nodes.map(nodeProgram)),
    Promise.all(compilers.map((each) => cachedPackage('typescript', `~${each}.0`))),
    cp(join(import.meta.dirname, 'fixtures/consumer'), join(folder, 'src'), { recursive: true }),
    writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' })),
  ]);
  // What our packages leave to their users: see "What you install" in docs/compatibility.md.
  const others = ['class-validator', 'fast-check', '@types/node@20'];
  const npm = await run(folder, 'npm', ['install', '--prefer-offline', ...registry.names, ...others], registry.env);
  if (npm.code !== 0) throw new Error(`npm install ended with ${npm.code}: ${npm.output}`);
  const entries = await entriesIn(join(folder, 'node_modules'), registry.names);
  await writeFile(join(folder, 'src/everything.ts'), importing(entries));
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
  const compile = (typescript: string, index: number): Promise<Outcome> =>
    run(folder, process.execPath, [join(typescript, 'bin/tsc'), '-p', '.', '--outDir', `dist/${compilers[index]}`]);
  return { folder, entries, nodePrograms, compiled: await Promise.all(typescripts.map(compile)) };
}

const compilerOptions = {
  target: 'ES2022',
  lib: ['ES2023'],
  module: 'NodeNext',
  types: ['node'],
  strict: true,
  // Our declarations are checked with the rest.
  skipLibCheck: false,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  rootDir: 'src',
};

async function entriesIn(modules: string, names: readonly string[]): Promise<string[]> {
  const lists = names.map(async (name) => {
    const { exports = {} } = JSON.parse(await readFile(join(modules, name, 'package.json'), 'utf8'));
    const importable = Object.keys(exports).filter((path) => exports[path].types !== undefined);
    return importable.map((path) => name + path.slice(1));
  });
  return (await Promise.all(lists)).flat();
}

function importing(entries: readonly string[]): string {
  const imports = entries.map((entry, index) => `import * as entry${index} from '${entry}';`);
  const counts = entries.map((entry, index) => `['${entry}', Object.keys(entry${index}).length]`);
  return [...imports, `console.log(JSON.stringify([${counts.join(', ')}]));`, ''].join('\n');
}

/** Without a registry to install from there is nothing to test, which only a run that decides must not pass over. */
async function consumerOrNone(): Promise<Consumer | undefined> {
  try {
    return await installed();
  } catch (error) {
    const unreachable = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|ETIMEDOUT/.test(String(error));
    if (process.env['CI'] === 'true' || !unreachable) throw error;
    process.stderr.write(`npm reaches no registry; the tests of what is published are skipped: ${String(error)}\n`);
    return undefined;
  }
}

const consumer = await consumerOrNone();

(consumer ? describe : describe.skip)('what is published, installed in an empty folder', () => {
  const { folder = '', entries = [], nodePrograms = [], compiled = [] } = consumer ?? {};

  test.each(compilers)('is compiled by TypeScript %s, with all declarations checked', (version) => {
    expect(compiled[compilers.indexOf(version)]).toEqual({ code: 0, output: '' });
  });

  describe.each(nodes)('on Node %s', (version) => {
    const node = nodePrograms[nodes.indexOf(version)] ?? '';

    test.each(compilers)('works as TypeScript %s compiles it', async (compiler) => {
      await expect(run(folder, node, [`dist/${compiler}/main.js`])).resolves.toEqual({
        code: 0,
        output: '{"said":"Hello Ada","counted":[3,2,1],"refused":"SKERRY_VALIDATION_FAILED"}',
      });
    });

    test('is imported, every entry of it, and required with the same exports', async () => {
      const { code, output } = await run(folder, node, ['dist/6.0/everything.js']);
      expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/^\[.*\]$/) });
      const imported = JSON.parse(output) as [string, number][];
      expect(imported.map(([entry]) => entry)).toEqual(entries);
      expect(imported.filter(([, count]) => count === 0)).toEqual([]);
      const counting = `console.log(JSON.stringify(${JSON.stringify(entries)}.map((each) => [each, Object.keys(require(each)).length])))`;
      const required = await run(folder, node, ['--input-type=commonjs', '-e', counting]);
      // Node 20 and 22 warn that this is new.
      expect(required.output.split('\n')).toContain(output);
    }, 60_000);

    test('is used by a CommonJS file', async () => {
      const { code, output } = await run(folder, node, ['dist/6.0/required.cjs']);
      expect(code).toBe(0);
      expect(output).toContain('{"required":["function","SkerryError","TestApp"]}');
    });
  });

  test('brings a command that runs', async () => {
    const { code, output } = await run(folder, process.execPath, ['node_modules/.bin/skerry', '--version']);
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
  });
});
