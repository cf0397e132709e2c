import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { credentials, loadPackageDefinition, type ServiceClientConstructor } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { processStarter, type RunningProcess } from '@skerry-private/test-kit';

const root = fileURLToPath(new URL('../../..', import.meta.url));

describe('what the README shows', () => {
  const startProcess = processStarter(afterAll);
  const directory = mkdtempSync(join(tmpdir(), 'skerry-e2e-'));
  const env = { SKERRY_LOCAL_REGISTRY_DIR: directory, NO_COLOR: '1' };
  let hello: RunningProcess;

  beforeAll(async () => {
    hello = await startProcess(process.execPath, ['apps/hello/dist/start.js'], { cwd: root, env });
    await hello.waitForLine(/Ctrl-C stops both/, 20_000);
  });

  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  async function skerry(...args: string[]): Promise<{ output: string; code: number | null }> {
    const command = await startProcess(process.execPath, ['node_modules/.bin/skerry', ...args], { cwd: root, env });
    const { code } = await command.exited;
    return { output: command.output, code };
  }

  test('a call and a stream from one service to the other, and what to try next', () => {
    expect(hello.output).toContain('greeter.hello {"name":"Ada"}');
    expect(hello.output).toContain('◀─ {"message":"Hello Ada"}');
    for (const left of [3, 2, 1]) expect(hello.output).toContain(`◀─ {"left":${left}}`);
    expect(hello.output).toContain(`npx skerry call greeter.hello '{"name":"Ada"}'`);
  });

  test('a page that calls the greeter, and the client for it', async () => {
    const [, url] = /page in your browser: (http\S+)/.exec(hello.output)!;
    expect(await (await fetch(url!)).text()).toContain("connect('/ws'");
    const client = await fetch(`${url}skerry.js`);
    expect(client.headers.get('content-type')).toBe('text/javascript');
    expect((await client.text()).length).toBeGreaterThan(5_000);
  });

  test('the command to try next works', async () => {
    await expect(skerry('call', 'greeter.hello', '{"name":"Ada"}')).resolves.toEqual({
      output: '{"message":"Hello Ada"}',
      code: 0,
    });
  });

  test('a gRPC client calls with the .proto that the printed command writes', async () => {
    const [, target, proto] = /by reflection: (\S+)\s+npx skerry (.+)/.exec(hello.output)!;
    const { output } = await skerry(...proto!.trim().split(' '));
    const file = join(directory, 'greeter.proto');
    writeFileSync(file, output);
    const Greeter = loadPackageDefinition(loadSync(file))['greeter'] as ServiceClientConstructor;
    const client = new Greeter(target!, credentials.createInsecure());
    const reply = await new Promise<unknown>((resolve, reject) => {
      const call = client['hello'] as (request: object, done: (error: Error | null, value: unknown) => void) => void;
      call.call(client, { name: 'Ada' }, (error, value) => (error ? reject(error) : resolve(value)));
    });
    client.close();
    expect(reply).toMatchObject({ message: 'Hello Ada' });
  });

  test('a stream prints item by item', async () => {
    await expect(skerry('call', 'greeter.countdown', '{"from":3}')).resolves.toEqual({
      output: '{"left":3}\n{"left":2}\n{"left":1}',
      code: 0,
    });
  });

  test('every line of curl works as it is printed', async () => {
    const lines = hello.output.split('\n').filter((line) => line.trim().startsWith('curl '));
    expect(lines).toHaveLength(3);
    const said = await Promise.all(
      lines.map(async (line) => {
        const shell = await startProcess('/bin/sh', ['-c', `${line.trim()} --silent --show-error --fail`], {
          cwd: root,
          env,
        });
        const { code } = await shell.exited;
        return [code, shell.output];
      }),
    );
    expect(said).toEqual([
      [0, '{"message":"Hello Ada"}'],
      [0, [5, 4, 3, 2, 1].map((left) => `{"left":${left}}`).join('\n')],
      [0, '{"jsonrpc":"2.0","result":{"message":"Hello Ada"},"id":1}'],
    ]);
  });

  test('both services are listed', async () => {
    const { output, code } = await skerry('services', '--json');
    expect(code).toBe(0);
    expect(output).toContain('"greeter"');
    expect(output).toContain('"reception"');
  });

  test('Ctrl-C stops both services, in order', async () => {
    hello.kill('SIGINT');
    await expect(hello.exited).resolves.toEqual({ code: 0, signal: null });
    expect(hello.output).toContain('GreeterPageModule has stopped');
    expect(hello.output).toContain('ReceptionModule has stopped');
  });
});
