import { MemoryTerminal } from '../fixtures/memory-terminal.js';
import { PackageFolder } from '../fixtures/package-folder.js';
import { runProgram } from '../program.js';

let folder: PackageFolder;
beforeEach(() => (folder = new PackageFolder()));
afterEach(() => folder.close());

async function doctor(...args: string[]): Promise<{ exitCode: number | undefined; out: string }> {
  const env = { NO_COLOR: '1', SKERRY_LOCAL_REGISTRY_DIR: `${folder.path}/registry` };
  const terminal = new MemoryTerminal({ cwd: folder.path, env });
  const exitCode = await runProgram(['doctor', ...args], terminal);
  return { exitCode, out: terminal.stdout.text };
}

test('tells each check, and that nothing is wrong', async () => {
  const { exitCode, out } = await doctor();
  expect(exitCode).toBe(0);
  expect(out).toMatch(/^ok {4}node {12}Node \d+\.\d+\.\d+\n/);
  expect(out).toMatch(/\n\n(Nothing is wrong|0 failed, \d+ to look at)\.\n$/);
});

test('fails with the fix below what is wrong', async () => {
  folder.write('package.json', { name: 'shop' });
  const { exitCode, out } = await doctor();
  expect(exitCode).toBe(1);
  expect(out).toMatch(
    /\nfail {2}package {9}package\.json has no "type".*\n +fix {2}write "type": "module" into package\.json\n/,
  );
  expect(out).toMatch(/1 failed, \d+ to look at\.\n$/);
});

test('for programs it is one line', async () => {
  folder.write('package.json', { type: 'commonjs' });
  const { exitCode, out } = await doctor('--json');
  expect(exitCode).toBe(1);
  expect(out.split('\n')).toHaveLength(2);
  expect(JSON.parse(out)).toContainEqual({ check: 'package', findings: [expect.objectContaining({ status: 'fail' })] });
});
