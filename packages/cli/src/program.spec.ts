import { MemoryTerminal } from './fixtures/memory-terminal.js';
import { runProgram } from './program.js';

async function skerry(...args: string[]): Promise<MemoryTerminal & { exitCode: number | undefined }> {
  const terminal = new MemoryTerminal();
  const exitCode = await runProgram(args, terminal);
  return Object.assign(terminal, { exitCode });
}

const commands = [
  'new',
  'dev',
  'run',
  'build',
  'services',
  'describe',
  'health',
  'call',
  'stream',
  'repl',
  'graph',
  'publish',
  'subscribe',
  'dlq',
  'broker',
  'asyncapi',
  'openapi',
  'jsonschema',
  'proto',
  'contract',
  'generate',
];

test.each(['--help', '-h', 'help'])('%s lists the commands, with examples and exit codes', async (flag) => {
  const { stdout, stderr, exitCode } = await skerry(flag);
  for (const command of commands) expect(stdout.text).toMatch(new RegExp(`^ {2}${command}[ |]`, 'm'));
  expect(stdout.text).toContain(`skerry call greeter.hello '{"name":"Ada"}'`);
  expect(stdout.text).toMatch(/^Exit codes:\n {2}0 .*\n {2}1 .*\n {2}2 .*\n {2}130 /m);
  expect(stderr.text).toBe('');
  expect(exitCode).toBe(0);
});

test.each(commands)('%s --help shows examples and exit codes', async (command) => {
  const { stdout, exitCode } = await skerry(command, '--help');
  expect(stdout.text).toContain(`Usage: skerry ${command}`);
  expect(stdout.text).toMatch(new RegExp(`^Examples:\n {2}skerry ${command}`, 'm'));
  expect(stdout.text).toContain('Exit codes:');
  expect(exitCode).toBe(0);
});

test.each([
  ['dlq', 'list'],
  ['dlq', 'show'],
  ['dlq', 'retry'],
  ['dlq', 'drop'],
  ['broker', 'capabilities'],
  ['contract', 'lock'],
  ['contract', 'check'],
  ...['service', 'handler', 'subscriber', 'module', 'client', 'interceptor', 'engine'].map((each) => [
    'generate',
    each,
  ]),
])('%s lists %s, whose own help shows examples and exit codes', async (group, command) => {
  const above = await skerry(group, '--help');
  expect(above.stdout.text).toMatch(new RegExp(`^ {2}${command} `, 'm'));
  const { stdout, exitCode } = await skerry(group, command, '--help');
  expect(stdout.text).toContain(`Usage: skerry ${group} ${command}`);
  expect(stdout.text).toMatch(new RegExp(`^Examples:\\n {2}skerry ${group} ${command}`, 'm'));
  expect(stdout.text).toContain('Exit codes:');
  expect(exitCode).toBe(0);
});

test.each([
  [['services']],
  [['describe']],
  [['call']],
  [['stream']],
  [['repl']],
  [['health']],
  [['publish']],
  [['subscribe']],
  [['dlq', 'list']],
  [['dlq', 'show']],
  [['dlq', 'retry']],
  [['dlq', 'drop']],
  [['broker', 'capabilities']],
  [['generate', 'client']],
])('%j can use the engines of an application', async (words) => {
  expect((await skerry(...words, '--help')).stdout.text).toMatch(/--app <module>[^]*SKERRY_APP/);
});

test('a group without its command prints its help, and is a usage error', async () => {
  const { stdout, stderr, exitCode } = await skerry('dlq');
  expect(stderr.text).toContain('Usage: skerry dlq');
  expect(stdout.text).toBe('');
  expect(exitCode).toBe(2);
});

test('--version prints the version alone', async () => {
  const { stdout, exitCode } = await skerry('--version');
  expect(stdout.text).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(exitCode).toBe(0);
});

test('without a command, the help goes to standard error, and it is a usage error', async () => {
  const { stdout, stderr, exitCode } = await skerry();
  expect(stderr.text).toContain('Usage: skerry');
  expect(stdout.text).toBe('');
  expect(exitCode).toBe(2);
});

test.each([
  [['cal'], "skerry: unknown command 'cal'. Did you mean call?\n  fix  see skerry --help"],
  [
    ['call'],
    `skerry call: missing required argument 'service.handler'.\n  fix  write it like skerry call greeter.hello '{"name":"Ada"}'`,
  ],
  [['describe'], "skerry describe: missing required argument 'service'.\n  fix  write it like skerry describe greeter"],
  [['call', '--jsn'], "skerry call: unknown option '--jsn'. Did you mean --json?\n  fix  write it like skerry call"],
  [['call', 'a.b', '{name:', 'Ada}'], 'skerry call: too many arguments. Expected 2 arguments but got 3.\n'],
  [
    ['dlq', 'show'],
    "skerry dlq show: missing required argument 'queue'.\n  fix  write it like skerry dlq show stock.orders.placed",
  ],
  [['graph', '--format', 'svg'], "'svg' is invalid. Allowed choices are text, mermaid."],
  [['run', '--log-level', 'loud'], "'loud' is invalid. Allowed choices are debug, info, warn, error, silent."],
])('%j is a usage error that says what to write', async (args, told) => {
  const { stdout, stderr, exitCode } = await skerry(...args);
  expect(stderr.text).toMatch(/^SKERRY_CLI_USAGE {2}/);
  expect(stderr.text).toContain(told);
  expect(stdout.text).toBe('');
  expect(exitCode).toBe(2);
});

test('a usage error is JSON where JSON was asked for', async () => {
  const { stderr, exitCode } = await skerry('describe', '--json');
  expect(JSON.parse(stderr.text)).toEqual({
    code: 'SKERRY_CLI_USAGE',
    message: "skerry describe: missing required argument 'service'.",
    fix: 'write it like skerry describe greeter',
  });
  expect(exitCode).toBe(2);
});
