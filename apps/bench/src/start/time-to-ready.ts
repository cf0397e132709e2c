import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { complaintIn, watch, workDirectory } from '../processes.js';
import type { Program } from './programs.js';

const tooLongMs = 60_000;

/** From before its process is started until it says that it is ready, in ms. Resolves when it has ended. */
export async function timeToReady({ script, providers }: Program): Promise<number> {
  const file = fileURLToPath(new URL(`./programs/${script}.js`, import.meta.url));
  const env = { ...process.env, SKERRY_LOCAL_REGISTRY_DIR: join(workDirectory(), 'start') };
  const startedAt = performance.now();
  const child = spawn(process.execPath, [file, String(providers)], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  watch(child);
  let tookMs: number | undefined;
  let printed = '';
  child.stdout.once('data', () => (tookMs = performance.now() - startedAt));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const late = setTimeout(() => child.kill('SIGKILL'), tooLongMs);
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  clearTimeout(late);
  if (tookMs !== undefined && code === 0) return tookMs;
  const said = complaintIn(printed);
  throw new Error(`it ended (${signal ?? `exit code ${code}`})${said ? `: ${said}` : ''}`);
}
