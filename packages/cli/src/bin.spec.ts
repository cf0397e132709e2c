import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { processStarter, type RunningProcess } from '@skerry-private/test-kit';

// The real command, as it was built: exit codes, pipes and signals are the process's own.
const workspace = fileURLToPath(new URL('../../../', import.meta.url));
const bin = join(workspace, 'packages/cli/bin/skerry.js');
const startProcess = processStarter(afterEach);

const application = `
import { Handler, Module, Service } from '@skerry/core';

class Greeter {
  async hello() { return { message: 'Hello' }; }
  async *endless() { for (let n = 0; ; n++) { yield { n }; await new Promise(setImmediate); } }
}
for (const name of ['hello', 'endless']) Handler()(Greeter.prototype, name, Object.getOwnPropertyDescriptor(Greeter.prototype, name));
Service('greeter')(Greeter);

export class AppModule {}
Module({ providers: [Greeter] })(AppModule);

class Maths {
  async sum(numbers) { let total = 0; for await (const n of numbers) total += n; return total; }
  async *double(numbers) { for await (const n of numbers) yield n * 2; }
}
for (const [name, kind] of [['sum', 'client-stream'], ['double', 'bidirectional']]) {
  Handler({ kind, request: Object })(Maths.prototype, name, Object.getOwnPropertyDescriptor(Maths.prototype, name));
}
Service('math')(Maths);
export class MathModule {}
Module({ providers: [Maths] })(MathModule);

class Missing {}
export class BrokenModule {}
Module({ providers: [{ provide: 'broken', useFactory: () => 1, inject: [Missing] }] })(BrokenModule);
`;

let directory: string;
let registry: string;
beforeAll(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), 'skerry-cli-')));
  registry = join(directory, 'registry');
  await mkdir(registry, { mode: 0o700 });
  await mkdir(join(directory, 'dist'));
  await mkdir(join(directory, 'node_modules/@skerry'), { recursive: true });
  await symlink(join(workspace, 'packages/core'), join(directory, 'node_modules/@skerry/core'));
  await writeFile(join(directory, 'package.json'), '{ "type": "module" }');
  await writeFile(join(directory, 'dist/app.module.js'), application);
  await writeFile(join(directory, 'dist/busy.module.js'), `${application}setInterval(() => undefined, 1_000);\n`);
});
afterAll(() => rm(directory, { recursive: true }));

// Not those of the test: it runs TypeScript sources, and perhaps with colours.
const clean = { NODE_OPTIONS: undefined, FORCE_COLOR: undefined, NO_COLOR: undefined };

function skerry(...args: string[]): Promise<RunningProcess> {
  return startProcess(process.execPath, [bin, ...args], {
    cwd: directory,
    env: { ...clean, SKERRY_LOCAL_REGISTRY_DIR: registry },
  });
}

/** In a shell, where \`skerry\` is the command. */
function shell(script: string): Promise<RunningProcess> {
  return startProcess('sh', ['-c', `skerry() { "$NODE" "$BIN" "$@"; }; ${script}`], {
    cwd: directory,
    env: { ...clean, SKERRY_LOCAL_REGISTRY_DIR: registry, NODE: process.execPath, BIN: bin },
  });
}

async function runGreeter(): Promise<RunningProcess> {
  const app = await skerry('run');
  await app.waitForLine('AppModule is serving greeter');
  return app;
}

async function runMaths(): Promise<void> {
  const app = await skerry('run', 'dist/app.module.js#MathModule');
  await app.waitForLine('MathModule is serving math');
}

test('runs an application that others find and call, until it is told to stop', async () => {
  const app = await runGreeter();
  const calling = await shell(`skerry call greeter.hello 2>/dev/null; skerry services --json 2>/dev/null`);
  expect((await calling.exited).code).toBe(0);
  expect(calling.output.split('\n')).toEqual([
    '{"message":"Hello"}',
    '[{"name":"greeter","versions":["0.0.0"],"nodes":1,"handlers":2}]',
  ]);
  app.kill('SIGTERM');
  expect(await app.exited).toEqual({ code: 0, signal: null });
});

test('run says where the application listens as it was asked to, and logs no less', async () => {
  const app = await skerry(
    'run',
    'dist/app.module.js#AppModule',
    '--listen',
    'tcp://127.0.0.1:0',
    '--log-level',
    'debug',
  );
  await app.waitForLine(/"level":"debug"/);
  await app.waitForLine(/serving greeter at tcp:\/\/127\.0\.0\.1:\d+/);
});

test.each(['run', 'graph'])('%s explains what is wrong with an application, and exits with 1', async (command) => {
  const broken = await skerry(command, 'dist/app.module.js#BrokenModule');
  expect((await broken.exited).code).toBe(1);
  expect(broken.output).toMatch(
    /^BrokenModule cannot start: 1 problem in its module graph\.\n\n1\. SKERRY_DI_NO_PROVIDER/,
  );
  expect(broken.output).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
});

test.each(['run', 'graph'])('%s names the export that was most likely meant', async (command) => {
  const wrong = await skerry(command, 'dist/app.module.js#AppModul');
  expect((await wrong.exited).code).toBe(1);
  expect(wrong.output).toContain(
    'SKERRY_APP_LOAD_FAILED  Cannot load dist/app.module.js#AppModul: it exports no AppModul. Did you mean AppModule?',
  );
});

test('run says what it looked for where no application is, and exits with 2', async () => {
  const lost = await skerry('run', 'dist/shop.module.js');
  expect((await lost.exited).code).toBe(2);
  expect(lost.output).toMatch(/^SKERRY_CLI_USAGE {2}Cannot find dist\/shop\.module\.js: .* has app\.module\.js/);
});

test('graph ends although the module that it imported has left a timer running', async () => {
  const drawn = await skerry('graph', 'dist/busy.module.js');
  expect((await drawn.exited).code).toBe(0);
  expect(drawn.output).toMatch(/^module AppModule\n└─ Greeter {2}service 'greeter'/);
});

test('graph understands an application that has a copy of the framework of its own', async () => {
  const other = join(directory, 'other');
  const copy = join(other, 'node_modules/@skerry/core');
  const core = join(workspace, 'packages/core');
  for (const part of ['dist', 'package.json']) await cp(join(core, part), join(copy, part), { recursive: true });
  const { dependencies } = JSON.parse(await readFile(join(core, 'package.json'), 'utf8')) as { dependencies: object };
  for (const name of Object.keys(dependencies)) {
    await symlink(join(workspace, 'node_modules', name), join(other, 'node_modules', name));
  }
  const module = `
    import { Clock, Module } from '@skerry/core';
    export class AppModule {}
    Module({ providers: [{ provide: 'age', useFactory: (clock) => clock.now(), inject: [Clock] }] })(AppModule);`;
  await writeFile(join(other, 'app.module.mjs'), module);
  const drawn = await skerry('graph', join(other, 'app.module.mjs'), '--all');
  expect((await drawn.exited).code).toBe(0);
  expect(drawn.output).toBe("module AppModule\n└─ 'age'  factory, singleton  ─▶ Clock");
});

test('Ctrl-C ends a call with exit code 130', async () => {
  await runGreeter();
  const calling = await skerry('call', 'greeter.endless', '--timeout', '60000');
  await calling.waitForLine('{"n":1}');
  calling.kill('SIGINT');
  expect(await calling.exited).toEqual({ code: 130, signal: null });
  expect(calling.output).not.toContain('SKERRY');
});

test('a call ends, content, when nobody reads its stream any further', async () => {
  await runGreeter();
  const calling = await shell('{ skerry call greeter.endless --timeout 60000; echo "exit $?" >&2; } | head -n 2');
  await calling.exited;
  expect(calling.output.split('\n').sort()).toEqual(['exit 0', '{"n":0}', '{"n":1}']);
});

test('a message is read from a pipe', async () => {
  await runGreeter();
  const calling = await shell(`echo '{}' | skerry call greeter.hello - | cat`);
  expect((await calling.exited).code).toBe(0);
  expect(calling.output).toBe('{"message":"Hello"}');
});

test('a stream is fed from a pipe, and ends with it', async () => {
  await runMaths();
  const calling = await shell(`seq 1 20000 | skerry call math.sum -`);
  expect((await calling.exited).code).toBe(0);
  expect(calling.output).toBe('200010000');
});

test('Ctrl-C ends a stream that nobody feeds any more', async () => {
  await runMaths();
  const calling = await shell(
    `mkfifo fed; { echo 21; exec sleep 600; } > fed 2> /dev/null & exec "$NODE" "$BIN" call math.double - < fed`,
  );
  await calling.waitForLine('42');
  calling.kill('SIGINT');
  expect(await calling.exited).toEqual({ code: 130, signal: null });
});

test('Ctrl-C ends the wait for a message that nobody sends', async () => {
  const terminal = new URL('../dist/terminal/process-terminal.js', import.meta.url).href;
  const waiting = await startProcess(process.execPath, [
    '--input-type=module',
    '--eval',
    `import { ProcessTerminal } from '${terminal}';
     const terminal = new ProcessTerminal();
     const reading = terminal.readStdin();
     console.log('reading');
     await reading.catch((error) => console.log(error.name));
     process.exitCode = terminal.signal.reason.exitCode;`,
  ]);
  await waiting.waitForLine('reading');
  waiting.kill('SIGINT');
  await waiting.waitForLine('AbortError');
  expect(await waiting.exited).toEqual({ code: 130, signal: null });
});

/** The command in a folder that has nothing but these of what it depends on. */
async function bareWith(name: string, ...dependencies: string[]): Promise<string> {
  const bare = join(directory, name);
  await mkdir(join(bare, 'node_modules/@skerry'), { recursive: true });
  for (const part of ['bin', 'dist', 'package.json']) {
    await cp(join(workspace, 'packages/cli', part), join(bare, part), { recursive: true });
  }
  for (const each of dependencies)
    await symlink(join(workspace, 'node_modules', each), join(bare, 'node_modules', each));
  return bare;
}

test('help needs neither the framework nor what tables are made of', async () => {
  const bare = await bareWith('bare', 'commander', 'picocolors');
  const help = await startProcess(process.execPath, [join(bare, 'bin/skerry.js'), '--help'], { env: clean });
  expect((await help.exited).code).toBe(0);
  expect(help.output).toMatch(/^Usage: skerry/);
});

test.each([
  ['services', '--json'],
  ['describe', 'greeter', '--json'],
])('%s needs the registry alone, and so starts at once', async (...args) => {
  await runGreeter();
  const bare = await bareWith(`registry-only-${args[0]}`, 'commander', 'picocolors', 'fastest-levenshtein');
  const core = join(bare, 'node_modules/@skerry/core');
  for (const part of ['dist', 'package.json']) {
    await cp(join(workspace, 'packages/core', part), join(core, part), { recursive: true });
  }
  const listed = await startProcess(process.execPath, [join(bare, 'bin/skerry.js'), ...args], {
    env: { ...clean, SKERRY_LOCAL_REGISTRY_DIR: registry },
  });
  expect((await listed.exited).code).toBe(0);
  expect(listed.output).toContain('"name":"greeter"');
});

test('npx finds it in the workspace', async () => {
  const version = await startProcess('npx', ['--no', 'skerry', '--version'], { cwd: workspace, env: clean });
  await version.waitForLine(/^\d+\.\d+\.\d+$/);
  expect((await version.exited).code).toBe(0);
});
