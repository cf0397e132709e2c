import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const python = '/usr/bin/python3';
const packages = ['python3-grpcio', 'python3-protobuf', 'protobuf-compiler'];

/**
 * A Python that has gRPC, with `protoc` in `PATH`: Debian's, which is installed where this may install. Where there is none it
 * is `undefined`, having said why, so that tests can be left out; with `CI=true` it is an error.
 */
export async function findPythonGrpc(): Promise<string | undefined> {
  if (await works()) return python;
  const root = process.getuid?.() === 0;
  if (root) await run('apt-get', ['install', '-y', '-q', ...packages], { timeout: 120_000 }).catch(() => undefined);
  if (root && (await works())) return python;
  const why = `there is no Python with gRPC to test with: ${python} cannot import it, or protoc is missing`;
  if (process.env['CI'] === 'true') throw new Error(why);
  console.warn(`${why}; its tests are skipped. Install ${packages.join(' ')} to run them.`);
  return undefined;
}

async function works(): Promise<boolean> {
  try {
    await run(python, ['-c', 'import grpc, google.protobuf'], { timeout: 30_000 });
    await run('protoc', ['--version'], { timeout: 30_000 });
    return true;
  } catch {
    return false;
  }
}
