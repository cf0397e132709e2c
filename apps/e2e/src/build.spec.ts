import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processStarter } from '@skerry-private/test-kit';
import { DevWorkspace } from './fixtures/dev-workspace.js';

// Where several builds share a machine, a service takes seconds to start.
const patientMs = 60_000;
const testMs = 150_000;

describe('skerry build', () => {
  const startProcess = processStarter(afterEach);
  let workspace: DevWorkspace;
  beforeEach(() => (workspace = new DevWorkspace(startProcess)));
  afterEach(() => workspace.remove());

  const hello = (): Promise<string> => workspace.output('call', 'greeter.hello', '{"name":"Ada"}', '--wait', '9000');
  const files = (directory: string): string[] => readdirSync(join(workspace.path, directory)).sort();

  test(
    'builds a workspace that runs without its sources, libraries with declarations',
    async () => {
      const build = await workspace.skerry('build');
      expect(await build.exited).toEqual({ code: 0, signal: null });
      expect(build.output).toMatch(/@shop\/contracts .*\n@shop\/greeter .*\n@shop\/reception /);
      expect(files('libs/contracts/dist')).toEqual(['index.d.ts', 'index.js', 'index.js.map']);
      expect(files('apps/greeter/dist')).toEqual(
        ['app.module', 'greeter.service', 'main'].flatMap((name) => [`${name}.js`, `${name}.js.map`]),
      );
      for (const source of ['libs/contracts/src', 'apps/greeter/src']) {
        rmSync(join(workspace.path, source), { recursive: true });
      }
      const greeter = await startProcess(process.execPath, ['apps/greeter/dist/main.js'], {
        cwd: workspace.path,
        env: workspace.env,
      });
      await greeter.waitForLine('is serving greeter', patientMs);
      expect(await hello()).toBe('{"message":"Hello Ada"}');
    },
    testMs,
  );

  test(
    '--bundle makes one file that runs where nothing is installed',
    async () => {
      const build = await workspace.skerry('build', '--bundle', 'greeter');
      expect(await build.exited).toEqual({ code: 0, signal: null });
      expect(files('apps/greeter/dist')).toEqual(['main.js', 'main.js.map']);
      const elsewhere = mkdtempSync(join(tmpdir(), 'skerry-bundle-'));
      try {
        cpSync(join(workspace.path, 'apps/greeter/dist/main.js'), join(elsewhere, 'main.mjs'));
        expect(existsSync(join(elsewhere, 'node_modules'))).toBe(false);
        const greeter = await startProcess(process.execPath, ['main.mjs'], { cwd: elsewhere, env: workspace.env });
        await greeter.waitForLine(/AppModule is serving greeter/, patientMs);
        expect(await hello()).toBe('{"message":"Hello Ada"}');
        // Validation reads what decorators have kept, under the names that classes had.
        expect(await workspace.output('call', 'greeter.hello', '{"name":""}')).toContain('SKERRY_VALIDATION_FAILED');
        greeter.kill();
        expect(await greeter.exited).toEqual({ code: 0, signal: null });
      } finally {
        rmSync(elsewhere, { recursive: true });
      }
    },
    testMs,
  );

  test(
    'run takes TypeScript as it is',
    async () => {
      const greeter = await workspace.skerryIn('apps/greeter', 'run', 'src/app.module.ts');
      await greeter.waitForLine('is serving greeter', patientMs);
      expect(await hello()).toBe('{"message":"Hello Ada"}');
      await workspace.output('call', 'greeter.fail');
      await greeter.waitForLine(/at Greeter\.fail \(.*greeter\.service\.ts:13:11\)/);
      greeter.kill('SIGINT');
      expect(await greeter.exited).toEqual({ code: 0, signal: null });
    },
    testMs,
  );
});
