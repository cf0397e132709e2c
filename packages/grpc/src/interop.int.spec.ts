import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findPythonGrpc } from '@skerry-private/test-kit';
import type { Application } from '@skerry/core';
import { startInterop } from './fixtures/interop-service.js';
import { healthProto, reflectionProtos, reflectionVersions } from './server/standard-protos.js';

const run = promisify(execFile);
const fixtures = join(import.meta.dirname, 'fixtures');
const python = await findPythonGrpc();
const unlessMissing = python ? describe : describe.skip;

interface Told {
  readonly case: string;
  readonly ok: boolean;
  readonly error?: string;
}

unlessMissing('a client of C-core, in Python, passes', () => {
  let application: Application & { readonly target: string };
  let folder: string;
  let told: readonly Told[];

  beforeAll(async () => {
    application = await startInterop({ server: { compression: 'gzip' } });
    folder = await mkdtemp(join(tmpdir(), 'skerry-grpc-'));
    const texts = {
      health: healthProto,
      ...Object.fromEntries(reflectionVersions.map((each, at) => [each, reflectionProtos[at]!])),
    };
    for (const [name, text] of Object.entries(texts)) await writeFile(join(folder, `${name}.proto`), text);
    const set = join(folder, 'all.pb');
    const files = ['grpc/testing/test.proto', 'rpc_status.proto', ...Object.keys(texts).map((name) => `${name}.proto`)];
    const includes = [`-I${join(fixtures, 'protos')}`, `-I${folder}`];
    await run('protoc', [...includes, '--include_imports', `--descriptor_set_out=${set}`, ...files]);
    const { stdout } = await run(python!, [join(fixtures, 'interop_client.py'), application.target, set], {
      timeout: 60_000,
    });
    told = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Told);
  }, 90_000);
  afterAll(async () => {
    await application.stop();
    await rm(folder, { recursive: true });
  });

  test.each([
    ...['empty_unary', 'large_unary', 'client_compressed_unary', 'client_compressed_streaming', 'client_streaming'],
    ...['server_streaming', 'ping_pong', 'empty_stream', 'custom_metadata', 'status_code_and_message'],
    ...['special_status_message', 'error_details', 'unimplemented_method', 'unimplemented_service'],
    ...['cancel_after_begin', 'cancel_after_first_response', 'timeout_on_sleeping_server'],
    ...['health', 'reflection v1', 'reflection v1alpha'],
  ])('%s', (name) => {
    expect(told.find((each) => each.case === name)).toEqual({ case: name, ok: true });
  });
});
