import { FileTree } from '../fixtures/file-tree.js';
import { MemoryTerminal } from '../fixtures/memory-terminal.js';
import { runProgram } from '../program.js';

let tree: FileTree;
beforeEach(() => {
  tree = new FileTree().write({
    'package.json': { name: 'greeter', type: 'module' },
    'src/app.module.ts': `import { Greeter } from './greeter.js';
@Module({ providers: [Greeter] })
export class AppModule {
  constructor(private readonly greeter: Greeter) {}
}
`,
    'src/greeter.ts': 'export class Greeter {}\n',
    'src/greeter.spec.ts': 'test();\n',
    'src/fixtures/double.ts': '',
    'src/types.d.ts': '',
    'src/mail/hello.html': '<p>Hello</p>',
  });
});
afterEach(() => tree.remove());

async function build(...args: string[]): Promise<MemoryTerminal & { exitCode: number | undefined }> {
  const terminal = new MemoryTerminal({ cwd: tree.path, env: { NO_COLOR: '1' } });
  const exitCode = await runProgram(['build', ...args], terminal);
  return Object.assign(terminal, { exitCode });
}

test('compiles with decorator metadata, and leaves out what is for tests', async () => {
  const { exitCode, stdout } = await build();
  expect(exitCode).toBe(0);
  expect(stdout.text).toMatch(/^greeter {2}5 files, 5 changed {2}\d+ ms\n$/);
  expect(tree.list('dist')).toEqual([
    'app.module.js',
    'app.module.js.map',
    'greeter.js',
    'greeter.js.map',
    'mail/hello.html',
  ]);
  expect(tree.read('dist/app.module.js')).toContain('_ts_metadata("design:paramtypes"');
  expect(tree.read('dist/app.module.js')).toMatch(/\n\/\/# sourceMappingURL=app\.module\.js\.map\n$/);
  expect(JSON.parse(tree.read('dist/app.module.js.map'))).toMatchObject({ sources: ['../src/app.module.ts'] });
});

test('writes the same again, wherever it is built, and only what has changed', async () => {
  await build();
  const before = tree.list('dist').map((file) => tree.read(`dist/${file}`));
  const again = await build('--json');
  expect(JSON.parse(again.stdout.text)).toMatchObject([{ package: 'greeter', files: 5, changed: 0, removed: [] }]);
  expect(tree.list('dist').map((file) => tree.read(`dist/${file}`))).toEqual(before);
  expect(before.join('')).not.toContain(tree.path);
});

test('removes what an earlier build has left, and nothing else', async () => {
  tree.write({ 'dist/old/gone.js': '', 'dist/old/gone.js.map': '', 'dist/gone.d.ts': '', 'dist/data.bin': 'x' });
  const { stdout } = await build('--json');
  expect(JSON.parse(stdout.text)).toMatchObject([{ removed: ['gone.d.ts', 'old/gone.js', 'old/gone.js.map'] }]);
  expect(tree.list('dist')).toContain('data.bin');
  expect(tree.list('dist')).not.toContain('gone.d.ts');
});

test('tells every file that is no TypeScript, with its place, and leaves the last build as it was', async () => {
  await build();
  tree.write({ 'src/a.ts': 'export const a = (;\n', 'src/b.ts': 'const x = 1;\nconst y = ;\n' });
  const { exitCode, stderr } = await build();
  expect(exitCode).toBe(1);
  expect(stderr.text).toMatch(/^src\/a\.ts:1:\d+ {2}\S/);
  expect(stderr.text).toMatch(/^src\/b\.ts:2:11 {2}Expression expected\n\n[^]*2 \| const y = ;\n +: +\^/m);
  expect(tree.list('dist')).toHaveLength(5);
  const { stderr: forPrograms } = await build('--json');
  expect(JSON.parse(forPrograms.lines[1]!)).toMatchObject({ file: 'src/b.ts', line: 2, column: 11 });
});

test('says where it looked when there is nothing to compile', async () => {
  const empty = new FileTree().write({ 'package.json': {} });
  const terminal = new MemoryTerminal({ cwd: empty.path });
  expect(await runProgram(['build'], terminal)).toBe(2);
  expect(terminal.stderr.text).toContain('there is no src directory to compile');
  empty.remove();
});
