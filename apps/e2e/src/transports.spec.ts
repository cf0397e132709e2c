import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CertificateAuthority, eventually, processStarter, type RunningProcess } from '@skerry-private/test-kit';
import {
  LocalRegistryDriver,
  Module,
  REGISTRY_DRIVER,
  Skerry,
  SystemClock,
  tokenKey,
  type Application,
  type ApplicationOptions,
  type Client,
} from '@skerry/core';
import type { Echo } from './programs/echo.module.js';

const echoMain = fileURLToPath(new URL('../dist/programs/echo.js', import.meta.url));

@Module()
class CallerModule {}

describe('two processes', () => {
  const startProcess = processStarter(afterEach);
  let directory: string;
  let caller: Application | undefined;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'skerry-e2e-'));
  });

  afterEach(async () => {
    await caller?.stop();
    caller = undefined;
    rmSync(directory, { recursive: true, force: true });
  });

  async function startEcho(env: Record<string, string>): Promise<RunningProcess> {
    const running = await startProcess(process.execPath, [echoMain], {
      env: { SKERRY_LOCAL_REGISTRY_DIR: directory, ...env },
    });
    await running.waitForLine(/is serving echo/);
    return running;
  }

  async function echo(options: ApplicationOptions = {}): Promise<Client<Echo>> {
    const driver = new LocalRegistryDriver(new SystemClock(), { directory });
    const overrides = new Map([[tokenKey(REGISTRY_DRIVER), { provide: REGISTRY_DRIVER, useValue: driver }]]);
    caller = await Skerry.create(CallerModule, { logLevel: 'silent', overrides, ...options });
    await caller.start();
    return caller.client<Echo>('echo');
  }

  test('find and call each other by a unix socket, which is replaced after kill -9 and goes with an orderly end', async () => {
    const path = join(directory, 'echo.sock');
    const env = { SKERRY_LISTEN: `unix://${path}` };
    const first = await startEcho(env);
    expect(first.output).toContain(`at unix://${path}`);
    const client = await echo();
    await expect(client.pid()).resolves.toBe(first.pid);
    first.kill('SIGKILL');
    await first.exited;
    expect(existsSync(path)).toBe(true);
    const second = await startEcho(env);
    await eventually(async () => expect(await client.pid()).toBe(second.pid));
    second.kill('SIGTERM');
    await expect(second.exited).resolves.toMatchObject({ code: 0 });
    expect(existsSync(path)).toBe(false);
  });

  test.each(['tls', 'https'])(
    'call each other over %s, both verified, by files that the environment names',
    async (scheme) => {
      const authority = await CertificateAuthority.create();
      const { certificate, key } = await authority.issue();
      const file = (name: string, text: string): string => {
        writeFileSync(join(directory, name), text);
        return join(directory, name);
      };
      const env = {
        SKERRY_TLS_CERT: file('tls.crt', certificate),
        SKERRY_TLS_KEY: file('tls.key', key),
        SKERRY_TLS_CA: file('ca.crt', authority.certificate),
        SKERRY_TLS_REQUIRE_CLIENT_CERT: 'true',
      };
      const server = await startEcho({ ...env, SKERRY_LISTEN: `${scheme}://127.0.0.1:0` });
      await expect((await echo({ env })).pid()).resolves.toBe(server.pid);
      await caller!.stop();
      const withoutCertificate = await echo({ env: { SKERRY_TLS_CA: env.SKERRY_TLS_CA } });
      await expect(withoutCertificate.pid(undefined, { timeoutMs: 1_000 })).rejects.toMatchObject({
        code: 'SKERRY_RPC_CONNECT_FAILED',
      });
      await server.waitForLine(/SKERRY_TLS_UNTRUSTED/);
    },
  );
});
