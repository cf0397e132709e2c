import { eventually, processStarter, type RunningProcess } from '@skerry-private/test-kit';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const startProcess = processStarter(afterEach);
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'skerry-bench-spec-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** The least that can be measured, with temporary files where the test can look for them. */
function bench(args: readonly string[], env: Record<string, string> = {}): Promise<RunningProcess> {
  const all = [main, '--rounds', '1', '--round-ms', '20', '--contenders', 'raw frames,skerry', ...args];
  return startProcess(process.execPath, all, { env: { TMPDIR: directory, NO_COLOR: '1', ...env } });
}

async function expectNothingLeft({ pid }: RunningProcess): Promise<void> {
  // All that it started is in its process group.
  await eventually(() => expect(() => process.kill(-pid, 0)).toThrow('ESRCH'));
  expect(readdirSync(directory)).toEqual([]);
}

test('measures calls between processes, and leaves nothing behind', async () => {
  const running = await bench(['--only', 'rpc', '--markdown']);
  expect(await running.exited).toEqual({ code: 0, signal: null });
  const rows = running.output.split('\n').filter((line) => line.startsWith('|'));
  const cells = rows.map((row) => row.split('|').map((cell) => cell.trim()));
  const raw = cells
    .find(([, name]) => name === 'raw frames')!
    .slice(2, -1)
    .map(Number);
  const skerry = cells
    .find(([, name]) => name === 'skerry')!
    .slice(2, -1)
    .map(Number);
  for (const [callsPerSecond, , , cpuSeconds, , aloneUs, , , clientMb, serverMb] of [raw, skerry]) {
    expect(callsPerSecond).toBeGreaterThan(100);
    expect(cpuSeconds).toBeGreaterThan(0);
    expect(aloneUs).toBeGreaterThan(1);
    expect(clientMb).toBeGreaterThan(20);
    expect(serverMb).toBeGreaterThan(20);
  }
  expect(raw[1]).toBe(1);
  expect(skerry[1]).toBeCloseTo(skerry[0]! / raw[0]!, 2);
  expect(running.output).toMatch(
    /\| p50 of a call alone, of raw frames +\| +at most 1\.8 \| +\d+\.\d\d \| +(yes|no) \|/,
  );
  await expectNothingLeft(running);
});

test.each([
  ['http', ['node:http', 'skerry']],
  ['transports', ['skerry TCP', 'skerry unix socket', 'skerry TLS', 'skerry WebSocket']],
  ['grpc', ['skerry server, grpc-js client', 'grpc-js server, skerry client', 'skerry server and client']],
  ['codecs', ['skerry JSON', 'skerry protobuf', 'skerry msgpack', 'skerry bson']],
])('measures %s', async (section, names) => {
  const running = await bench(['--only', section, '--contenders', 'node:http']);
  expect(await running.exited).toEqual({ code: 0, signal: null });
  expect(running.output).not.toContain('failed');
  for (const name of names) expect(running.output).toMatch(new RegExp(`^ {2}${name} +\\d+ `, 'm'));
  await expectNothingLeft(running);
});

test('a contender that fails says why, and the others go on', async () => {
  const running = await bench(['--only', 'rpc'], { SKERRY_LISTEN: 'carrier-pigeon://127.0.0.1:0' });
  expect(await running.exited).toEqual({ code: 0, signal: null });
  expect(running.output).toMatch(/^ {2}raw frames +\d+ /m);
  expect(running.output).toMatch(/^ {2}skerry +failed: .*carrier-pigeon/m);
  await expectNothingLeft(running);
});

test('a signal ends everything', async () => {
  const running = await bench(['--only', 'streams', '--round-ms', '60000']);
  await running.waitForLine('streams ...');
  // It makes its directory when it begins to start processes.
  await eventually(() => expect(readdirSync(directory)).toHaveLength(1));
  running.kill('SIGINT');
  expect(await running.exited).toEqual({ code: null, signal: 'SIGINT' });
  await expectNothingLeft(running);
});

test('lists its sections, and refuses what it does not know', async () => {
  const listed = await bench(['--list']);
  expect(await listed.exited).toEqual({ code: 0, signal: null });
  expect(listed.output).toMatch(/^rpc +a call between two processes/m);
  const refused = await bench(['--only', 'rcp']);
  expect(await refused.exited).toEqual({ code: 1, signal: null });
  expect(refused.output).toMatch(/^No section "rcp"; there are rpc, /);
});
