import { Agent } from 'node:https';
import {
  Context,
  Field,
  Handler,
  Module,
  Service,
  Skerry,
  SkerryError,
  type Application,
  type Peer,
} from '@skerry/core';
import { CertificateAuthority, openHandles, secureFetch, type OpenHandles } from '@skerry-private/test-kit';
import { IsInt, IsString, Length } from 'class-validator';
import protobufjs from 'protobufjs';
import { ProtobufModule } from './protobuf-module.js';

let peer: Peer | undefined;

class HelloRequest {
  @Field(1) @IsString() @Length(1, 80) name!: string;
}
class HelloReply {
  @Field(1) @IsString() message!: string;
  @Field(2, { type: 'sint32' }) @IsInt() count!: number;
}

@Service('greeter')
class Greeter {
  @Handler({ reply: HelloReply })
  async hello({ name }: HelloRequest): Promise<HelloReply> {
    peer = Context.current()?.peer;
    return { message: `Hello ${name}`, count: -name.length };
  }
  @Handler({ reply: HelloReply })
  async sell(_request: HelloRequest): Promise<HelloReply> {
    throw new SkerryError('OUT_OF_STOCK', 'no more of it', { status: 'UNAVAILABLE' });
  }
}

@Module({ imports: [ProtobufModule.forRoot()], providers: [Greeter] })
class Root {}

// As go-micro's library has them.
const { root } = protobufjs.parse(`syntax = "proto2";
  message Request { optional string service_method = 1; optional fixed64 seq = 2; }
  message Response { optional string service_method = 1; optional fixed64 seq = 2; optional string error = 3; }
  message HelloRequest { optional string name = 1; }
  message HelloReply { optional string message = 1; optional sint32 count = 2; }`);
const encoded = (type: string, message: object): Uint8Array => {
  const found = root.lookupType(type);
  return found.encode(found.fromObject(message)).finish();
};
const decoded = (type: string, bytes: Uint8Array): object => {
  const found = root.lookupType(type);
  return found.toObject(found.decode(bytes), { longs: String });
};

const contentType = 'application/proto-rpc';
let application: Application;
let handles: OpenHandles;
beforeAll(async () => {
  handles = openHandles();
  application = await Skerry.create(Root, { logLevel: 'silent', drainDelayMs: 0 });
  await application.start();
});
afterAll(async () => {
  await application.stop();
  await handles.nothingMore();
});

async function post(body: Buffer): Promise<{ status: number; type: string | null; answer: Buffer }> {
  const response = await fetch(`${application.address!.replace('tcp:', 'http:')}/rpc`, {
    ...{ method: 'POST', body: new Blob([new Uint8Array(body)]) },
    headers: { 'content-type': contentType, connection: 'close' },
  });
  const { status, headers } = response;
  return { status, type: headers.get('content-type'), answer: Buffer.from(await response.arrayBuffer()) };
}

function withLength(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** Both parts of the answer, the first of them read by protobufjs. */
async function call(serviceMethod: string, seq: string, message: Uint8Array): Promise<[object, Buffer]> {
  const header = encoded('Request', { serviceMethod, seq });
  const { status, type, answer } = await post(Buffer.concat([withLength(header), withLength(message)]));
  expect([status, type]).toEqual([200, contentType]);
  const headerEnd = 4 + answer.readUInt32BE(0);
  const body = answer.subarray(headerEnd + 4);
  expect(answer.readUInt32BE(headerEnd)).toBe(body.length);
  return [decoded('Response', answer.subarray(4, headerEnd)), body];
}

describe('proto-rpc by HTTP', () => {
  test.each(['0', '7', '18446744073709551615'])(
    'is answered by a header, for call %s, and the message',
    async (seq) => {
      const [header, message] = await call('Greeter.Hello', seq, encoded('HelloRequest', { name: 'Ada' }));
      expect(header).toEqual({ serviceMethod: 'Greeter.Hello', seq, error: '' });
      expect(decoded('HelloReply', message)).toEqual({ message: 'Hello Ada', count: -3 });
    },
  );

  test.each([
    ['nothing', 'Ada', /nothing/],
    ['hello', '', /name/],
    ['sell', 'Ada', /^no more of it$/],
  ])('is told the failure of %s', async (method, name, text) => {
    const [header, message] = await call(`greeter.${method}`, '3', encoded('HelloRequest', { name }));
    expect(header).toEqual({
      ...{ serviceMethod: `greeter.${method}`, seq: '3' },
      error: expect.stringMatching(text) as string,
    });
    expect(message).toHaveLength(0);
  });

  const header = withLength(encoded('Request', { serviceMethod: 'greeter.hello', seq: '1' }));
  const message = withLength(encoded('HelloRequest', { name: 'Ada' }));
  test.each([
    ['a header alone', header],
    ['half a message', Buffer.concat([header, message.subarray(0, -1)])],
    ['more than a call', Buffer.concat([header, message, Buffer.alloc(1)])],
    ['an answer', Buffer.concat([withLength(encoded('Response', { seq: '1', error: '' })), message])],
    ['nothing', Buffer.alloc(0)],
  ])('refuses %s', async (_what, body) => {
    const { status, answer } = await post(body);
    expect(status).toBe(400);
    expect(JSON.parse(answer.toString())).toMatchObject({ code: 'SKERRY_HTTP_REQUEST_INVALID' });
  });

  test('handlers see who the peer is by its certificate', async () => {
    const authority = await CertificateAuthority.create();
    const ca = authority.certificate;
    const [own, shown] = await Promise.all([
      authority.issue(),
      authority.issue({ uris: ['spiffe://shop.example/orders'] }),
    ]);
    const tls = { ...own, ca, requireClientCertificate: true };
    const secured = await Skerry.create(Root, {
      logLevel: 'silent',
      drainDelayMs: 0,
      listen: 'tls://127.0.0.1:0',
      tls,
    });
    await secured.start();
    const agent = new Agent({ cert: shown.certificate, key: shown.key, ca });
    const { status } = await secureFetch(agent)(`${secured.address!.replace('tls:', 'https:')}/rpc`, {
      ...{ method: 'POST', headers: { 'content-type': contentType } },
      body: Buffer.concat([header, message]),
    });
    expect(status).toBe(200);
    expect(peer?.identity?.spiffeId).toBe('spiffe://shop.example/orders');
    agent.destroy();
    await secured.stop();
  });
});
