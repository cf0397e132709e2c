import { eventually, processStarter, type RunningProcess } from '@skerry-private/test-kit';
import { DevWorkspace } from './fixtures/dev-workspace.js';

// Where several builds share a machine, a service takes seconds to start.
const patientMs = 60_000;
const testMs = 150_000;

const service = 'apps/greeter/src/greeter.service.ts';
const contracts = 'libs/contracts/src/index.ts';

interface DevEvent {
  readonly type: string;
  readonly app?: string;
  readonly pid?: number;
  readonly files?: readonly string[];
  readonly line?: string;
  readonly code?: number;
  readonly restarted?: boolean;
  readonly record?: { readonly error?: { readonly stack: string } };
}

describe('skerry dev', () => {
  const startProcess = processStarter(afterEach);
  let workspace: DevWorkspace;
  let dev: RunningProcess;
  let seen = 0;

  beforeEach(() => (workspace = new DevWorkspace(startProcess)));
  // What ends without its supervisor does so in order, and writes to the registry until then.
  afterEach(async () => {
    await eventually(() => alive().length === 0, { withinMs: patientMs });
    workspace.remove();
  });

  const events = (): DevEvent[] =>
    dev.output.split('\n').flatMap((line) => (line ? [JSON.parse(line) as DevEvent] : []));
  const counts = (type: string, app: string): number =>
    events().filter((event) => event.type === type && event.app === app).length;

  /** The next event of that kind, after those that were waited for before. */
  const next = (type: string, app?: string): Promise<DevEvent> =>
    eventually(
      () => {
        const all = events();
        const at = all.findIndex((event, index) => index >= seen && event.type === type && (!app || event.app === app));
        if (at < 0) throw new Error(`no ${type} of ${app}; it printed ${dev.output}`);
        seen = at + 1;
        return all[at]!;
      },
      { withinMs: patientMs },
    );

  /** Both services are up. */
  async function begin(...args: string[]): Promise<void> {
    dev = await workspace.skerry('dev', '--json', ...args);
    seen = 0;
    await eventually(() => counts('ready', 'greeter') === 1 && counts('ready', 'reception') === 1, {
      withinMs: patientMs,
    });
    seen = events().length;
  }

  const welcome = (): Promise<string> =>
    workspace.output('call', 'reception.welcome', '{"name":"Ada"}', '--wait', '9000');

  const pids = (): number[] => events().flatMap(({ type, pid }) => (type === 'starting' ? [pid!] : []));
  const alive = (): number[] =>
    pids().filter((pid) => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    });

  test(
    'a save restarts what has loaded the file, and nothing else',
    async () => {
      await begin();
      expect(await welcome()).toBe('{"message":"Hello Ada"}');

      workspace.change(service, '${salutation} ', '${salutation}, dear ');
      expect(await next('restarting')).toMatchObject({ app: 'greeter', files: [service] });
      expect(await next('ready')).toMatchObject({ app: 'greeter', restarted: true });
      expect(await welcome()).toBe('{"message":"Hello, dear Ada"}');
      expect(counts('restarting', 'reception')).toBe(0);

      workspace.change(contracts, `'Hello'`, `'Moin'`);
      await eventually(() => counts('ready', 'greeter') === 3 && counts('ready', 'reception') === 2, {
        withinMs: patientMs,
      });
      expect(await welcome()).toBe('{"message":"Moin, dear Ada"}');

      seen = events().length;
      workspace.write('apps/greeter/.env', 'MARK=!\n');
      expect(await next('restarting')).toMatchObject({ app: 'greeter', files: ['apps/greeter/.env'] });
      await next('ready', 'greeter');
      expect(await welcome()).toBe('{"message":"Moin, dear Ada!"}');

      await workspace.output('call', 'greeter.fail');
      const failed = await eventually(() => events().find(({ record }) => record?.error) ?? false);
      expect((failed as DevEvent).record?.error?.stack).toMatch(/at Greeter\.fail \(.*greeter\.service\.ts:13:11\)/);
      expect(alive()).toHaveLength(2);
    },
    testMs,
  );

  test(
    'a syntax error is shown with its place, the others go on, and the next save mends it',
    async () => {
      await begin();
      workspace.change(service, 'async hello(', 'async hello({');
      expect(await next('crashed')).toMatchObject({ app: 'greeter', code: 1 });
      const told = events().flatMap(({ type, line }) => (type === 'log' && line !== undefined ? [line] : []));
      expect(told.join('\n')).toMatch(
        /greeter\.service\.ts:7:37 {2}Expected ',', got '\)'\n\n[^]*7 \| {3}async hello\(\{/,
      );
      expect(told.join('\n')).not.toContain('node:internal');
      expect(alive()).toHaveLength(1);

      // A file that it did not get to load: it may be what mends it.
      workspace.write('apps/greeter/src/other.ts', 'export {};\n');
      await next('restarting', 'greeter');
      await next('crashed', 'greeter');

      workspace.change(service, 'async hello({', 'async hello(');
      await next('ready', 'greeter');
      expect(await welcome()).toBe('{"message":"Hello Ada"}');
      expect(counts('restarting', 'reception')).toBe(0);
    },
    testMs,
  );

  test(
    'saves while it restarts are not lost, and many at once are one',
    async () => {
      await begin();
      for (let i = 1; i <= 20; i++) workspace.change(service, '${salutation}', '${salutation}.');
      await next('restarting', 'greeter');
      workspace.change(service, '${salutation}', '${salutation}!');
      await eventually(async () => (await welcome()) === `{"message":"Hello!${'.'.repeat(20)} Ada"}`, {
        withinMs: patientMs,
      });
      expect(counts('restarting', 'greeter')).toBeLessThanOrEqual(3);
    },
    testMs,
  );

  test(
    'an application that is added runs, and one that is removed does not',
    async () => {
      await begin();
      for (const file of ['src/main.ts', 'src/app.module.ts', 'src/greeter.service.ts', 'package.json']) {
        const text = workspace
          .read(`apps/greeter/${file}`)
          .replaceAll('greeter', 'porter')
          .replaceAll('Greeter', 'Porter');
        workspace.write(`apps/porter/${file.replace('greeter', 'porter')}`, text);
      }
      await next('added', 'porter');
      await next('ready', 'porter');
      expect(await workspace.output('call', 'porter.hello', '{"name":"Ada"}', '--wait', '9000')).toBe(
        '{"message":"Hello Ada"}',
      );

      workspace.write('apps/porter/package.json', '{ "name": "@shop/porter", "private": true, "type": "module" }');
      workspace.change('package.json', '"apps/*"', '"apps/greeter", "apps/reception"');
      await next('removed', 'porter');
      await next('stopped', 'porter');
      expect(alive()).toHaveLength(2);
    },
    testMs,
  );

  test(
    'Ctrl-C stops all in order',
    async () => {
      await begin();
      dev.kill('SIGINT');
      expect(await dev.exited).toEqual({ code: 130, signal: null });
      expect(counts('stopped', 'greeter') + counts('stopped', 'reception')).toBe(2);
      expect(dev.output).toContain('AppModule has stopped');
      expect(alive()).toEqual([]);
    },
    testMs,
  );

  test(
    'a second Ctrl-C does so at once',
    async () => {
      workspace.change(
        'apps/greeter/src/main.ts',
        'await Skerry',
        `process.on('SIGTERM', () => console.log('deaf'));\nawait Skerry`,
      );
      workspace.change('apps/greeter/src/main.ts', 'Skerry.run(AppModule)', 'Skerry.run(AppModule, { signals: [] })');
      await begin();
      dev.kill('SIGINT');
      await eventually(() => dev.output.includes('"deaf"'), { withinMs: patientMs });
      dev.kill('SIGINT');
      expect(await dev.exited).toEqual({ code: 130, signal: null });
      await eventually(() => alive().length === 0);
    },
    testMs,
  );

  test(
    'nothing outlives it when it is killed, whatever it is busy with',
    async () => {
      workspace.change(
        'apps/greeter/src/main.ts',
        'await Skerry.run(AppModule);',
        `
const app = await Skerry.run(AppModule);
if (process.env['MARK']) for (;;) app.name.trim();`,
      );
      await begin();
      workspace.write('apps/greeter/.env', 'MARK=!\n');
      await next('restarting', 'greeter');
      await next('ready', 'greeter');
      expect(alive()).toHaveLength(2);
      dev.kill('SIGKILL');
      await eventually(() => alive().length === 0, { withinMs: patientMs });
    },
    testMs,
  );
});
