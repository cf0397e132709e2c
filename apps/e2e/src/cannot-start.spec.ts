import { fileURLToPath } from 'node:url';
import { processStarter, type Exit } from '@skerry-private/test-kit';

const root = fileURLToPath(new URL('../../..', import.meta.url));

describe('a process that cannot start', () => {
  const startProcess = processStarter(afterEach);

  async function run(...args: string[]): Promise<Exit & { output: string }> {
    const started = await startProcess(process.execPath, args, { cwd: root });
    return { ...(await started.exited), output: started.output };
  }

  test.each([
    ['Skerry.run', ['apps/e2e/dist/programs/circular/main.js']],
    ['skerry run', ['node_modules/.bin/skerry', 'run', 'apps/e2e/dist/programs/circular/app.module.js']],
    ['skerry graph', ['node_modules/.bin/skerry', 'graph', 'apps/e2e/dist/programs/circular/app.module.js']],
  ])('because files import each other in a circle is told by %s which files those are', async (_command, args) => {
    const { code, output } = await run(...args);
    expect(code).toBe(1);
    expect(output).toContain('SKERRY_ESM_CYCLE');
    expect(output).toContain('apps/e2e/src/programs/circular/orders.ts');
    expect(output).toContain('apps/e2e/src/programs/circular/payments.ts');
    expect(output).toContain('fix');
    expect(output).not.toContain('node:internal');
  });

  test('because of its wiring prints the report, and no stack', async () => {
    const { code, output } = await run('apps/e2e/dist/programs/broken/main.js', 'forgetful');
    expect(code).toBe(1);
    expect(output).toContain('1. SKERRY_DI_NO_PROVIDER  Cannot create Repository: nothing provides Database');
    expect(output).toContain('at     apps/e2e/src/programs/broken/main.ts:12');
    expect(output).toContain('fix    add Database to ForgetfulModule.providers');
    expect(output).not.toMatch(/^\s+at .*\(/m);
  });

  test('because a hook fails says which, with what caused it', async () => {
    const { code, output } = await run('apps/e2e/dist/programs/broken/main.js', 'unlucky');
    expect(code).toBe(1);
    expect(output).toContain('SKERRY_APP_HOOK_FAILED  Database.onModuleInit failed: no route to the database');
    expect(output).toMatch(/caused by Error: no route to the database\n\s+at /);
  });
});
