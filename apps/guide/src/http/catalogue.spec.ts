import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { systemProgram } from '@skerry-private/test-kit';
import { TestApp } from '@skerry/testing';
import { CatalogueModule } from './catalogue.js';

const run = promisify(execFile);
const hasCurl = await systemProgram({ probe: ['curl', '--version'], packages: ['curl'] });

(hasCurl ? describe : describe.skip)('services by curl', () => {
  let app: TestApp;
  let url: string;

  beforeAll(async () => {
    app = await TestApp.create(CatalogueModule, { listen: 'tcp://127.0.0.1:0' }).start();
    url = app.application.address!.replace('tcp:', 'http:');
  });

  afterAll(() => app.close());

  const curl = async (path: string, ...args: string[]): Promise<string> =>
    (await run('curl', ['-sS', '--max-time', '10', ...args, `${url}${path}`])).stdout;
  const json = ['-H', 'content-type: application/json'];

  test('a call is a POST, and a GET where nothing changes', async () => {
    expect(await curl('/catalogue/reprice', ...json, '-d', '{"sku":"tea","cents":400}')).toBe(
      '{"sku":"tea","cents":400}',
    );
    expect(await curl('/catalogue/search?text=te&limit=3')).toBe('["tea"]');
    expect(await curl('/catalogue/reprice', '-o', '/dev/null', '-w', '%{http_code}')).toBe('405');
  });

  test('an error is a problem', async () => {
    const said = await curl('/catalogue/reprice', ...json, '-d', '{"sku":"gold","cents":1}');
    expect(JSON.parse(said)).toMatchObject({ status: 404, code: 'NO_SUCH_SKU', statusName: 'NOT_FOUND' });
    const wrong = await curl('/catalogue/reprice', ...json, '-d', '{"sku":"tea","cents":"few"}');
    expect(JSON.parse(wrong)).toMatchObject({ status: 400, fields: [{ path: 'cents' }] });
  });

  test('streams are lines, or events', async () => {
    expect(await curl('/catalogue/watch')).toBe('{"sku":"tea","cents":400}\n');
    const sse = await curl('/catalogue/watch', '-N', '-H', 'accept: text/event-stream');
    expect(sse).toBe('id: 1\ndata: {"sku":"tea","cents":400}\n\n');
    const lines = '{"sku":"milk","cents":1}\n{"sku":"honey","cents":2}\n';
    const type = ['-H', 'content-type: application/x-ndjson'];
    expect(await curl('/catalogue/load', ...type, '--data-binary', lines)).toBe('2');
  });

  test('JSON-RPC is at /rpc, compression and HTTP/2 are asked for in vain or not', async () => {
    const call = '{"jsonrpc":"2.0","method":"catalogue.search","params":["tea"],"id":1}';
    expect(await curl('/rpc', ...json, '-d', call)).toBe('{"jsonrpc":"2.0","result":["tea"],"id":1}');
    expect(await curl('/catalogue/search?text=tea', '--compressed')).toBe('["tea"]');
    expect(await curl('/catalogue/search?text=tea', '--http2')).toBe('["tea"]');
  });
});
