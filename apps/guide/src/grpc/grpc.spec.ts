import { connect } from 'node:http2';
import { Skerry, type Application, type Client, type RootModule } from '@skerry/core';
import { callerModule, EchoModule, type Echo } from './echo.js';
import { AppModule } from './greeter.js';

const running: Application[] = [];
afterEach(async () => {
  for (const each of running.splice(0).reverse()) await each.stop();
});

async function start(root: RootModule): Promise<Application> {
  const application = await Skerry.create(root, { logLevel: 'silent', drainDelayMs: 0 });
  await application.start();
  running.push(application);
  return application;
}

test('a service is called by any client of gRPC, on the port that it has', async () => {
  const { address } = await start(AppModule);
  const session = connect(address!.replace('tcp:', 'http:'));
  const stream = session.request({
    ...{ ':method': 'POST', ':path': '/acme.Greeter/hello', te: 'trailers', 'content-type': 'application/grpc' },
  });
  let trailers: Record<string, unknown> = {};
  stream.on('trailers', (received: Record<string, unknown>) => (trailers = received));
  stream.end(Buffer.from('00000000050a03416461', 'hex'));
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  session.close();
  expect(Buffer.concat(chunks).toString('latin1')).toBe('\0\0\0\0\x0b\n\x09Hello Ada');
  expect(trailers['grpc-status']).toBe('0');
});

test('a .proto is served, and called, as it is written', async () => {
  const { address } = await start(EchoModule);
  const caller = await start(callerModule(address!.replace('tcp:', 'grpc:')));
  const echo: Client<Echo> = caller.client<Echo>('echo');
  await expect(echo.sayAgain({ text: 'hi' })).resolves.toEqual({ text: 'hi', count: 1n });
  const counts: bigint[] = [];
  for await (const { count } of echo.watch({ text: 'hi' })) counts.push(count);
  expect(counts).toEqual([1n, 2n]);
});
