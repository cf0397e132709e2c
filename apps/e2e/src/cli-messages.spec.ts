import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { processStarter, type RunningProcess } from '@skerry-private/test-kit';

const bin = fileURLToPath(new URL('../../../packages/cli/bin/skerry.js', import.meta.url));
const module = fileURLToPath(new URL('../dist/programs/cli/app.module.js', import.meta.url));

describe('the command and an application, two processes', () => {
  const startProcess = processStarter(afterEach);
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'skerry-e2e-'));
    for (const each of ['registry', 'broker']) await mkdir(join(directory, each), { mode: 0o700 });
  });

  afterEach(() => rm(directory, { recursive: true, force: true }));

  function skerry(...args: string[]): Promise<RunningProcess> {
    return startProcess(process.execPath, [bin, ...args], {
      env: {
        NODE_OPTIONS: undefined,
        FORCE_COLOR: undefined,
        SKERRY_APP: module,
        SKERRY_LOCAL_REGISTRY_DIR: join(directory, 'registry'),
        FOLDER_BROKER: join(directory, 'broker'),
      },
    });
  }

  /** Runs a command to its end. */
  async function told(...args: string[]): Promise<{ code: number | null; output: string }> {
    const running = await skerry(...args);
    const { code } = await running.exited;
    return { code, output: running.output };
  }

  async function startStock(): Promise<RunningProcess> {
    const stock = await skerry('run', module);
    await stock.waitForLine(/is serving stock/);
    return stock;
  }

  test('what is published in one is handled in the other, and seen by who subscribes meanwhile', async () => {
    const stock = await startStock();
    const watching = await skerry('subscribe', 'orders.placed', '--count', '2');
    // Only what is published from then on is seen, and nothing is said before where that is piped.
    let seen = 0;
    for (let n = 1; seen === 0; n++) {
      expect((await told('publish', 'orders.placed', JSON.stringify({ id: `A${n}` }), '--key', 'k')).code).toBe(0);
      await stock.waitForLine(`reserved A${n}`);
      seen = watching.output === '' ? 0 : n;
    }
    await told('publish', 'orders.placed', '{"id":"last"}', '--header', 'source=e2e');
    await stock.waitForLine('reserved last');
    expect(await watching.exited).toEqual({ code: 0, signal: null });
    const lines = watching.output.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines[0]).toMatchObject({ topic: 'orders.placed', key: 'k', message: { id: expect.stringMatching(/^A/) } });
    expect(lines.at(-1)).toMatchObject({ message: expect.any(Object) });
    expect(lines).toHaveLength(2);
  });

  test('what could not be handled is shown, put back and dropped', async () => {
    const stock = await startStock();
    for (const id of ['bad1', 'bad2', 'bad3']) await told('publish', 'orders.placed', JSON.stringify({ id }));
    const queue = 'stock.orders.placed';
    let letters: { id: string; message: { id: string }; failure: { code: string } }[] = [];
    while (letters.length < 3) {
      const { output } = await told('dlq', 'show', queue, '--json');
      letters = JSON.parse(output) as typeof letters;
    }
    expect(letters[0]).toMatchObject({ message: { id: 'bad1' }, failure: { code: 'SKERRY_BROKER_REJECTED' } });
    expect((await told('dlq', 'list')).output).toMatch(/^stock\.orders\.placed +3$/m);
    stock.kill('SIGTERM');
    expect(await stock.exited).toEqual({ code: 0, signal: null });

    expect(await told('dlq', 'drop', queue, letters[0]!.id)).toEqual({ code: 0, output: '1 dead letter was deleted.' });
    expect(await told('dlq', 'retry', queue, '--all')).toEqual({ code: 0, output: '2 dead letters were put back.' });
    // Nobody serves the queue now but the command, which takes as much of it as it was told to.
    const share = await told('subscribe', 'orders.placed', '--queue', 'stock', '--count', '1');
    expect(share.output).toContain('taking a share of the queue stock.orders.placed');
    expect(share.output).toContain('"message":{"id":"bad2"}');
    const rest = await told('subscribe', 'orders.placed', '--queue', 'stock', '--count', '1');
    expect(rest.output).toContain('"message":{"id":"bad3"}');
  });

  test('nothing of the application is started by the command', async () => {
    const { code, output } = await told('broker', 'capabilities');
    expect(code).toBe(0);
    expect(output).toMatch(/ folder\*/);
    expect(output).not.toContain('stock was created');
  });

  test('Ctrl-C ends a subscription in order, and takes its queue away', async () => {
    const watching = await skerry('subscribe', 'orders.placed');
    for (;;) {
      const { output } = await told('publish', 'orders.placed', '{"id":"A1"}', '--json');
      if (output.includes('"unrouted":false')) break;
    }
    await watching.waitForLine(/"id":"A1"/);
    watching.kill('SIGINT');
    expect(await watching.exited).toEqual({ code: 130, signal: null });
    expect((await told('publish', 'orders.placed', '{}', '--mandatory')).output).toContain('SKERRY_BROKER_UNROUTED');
  });
});
