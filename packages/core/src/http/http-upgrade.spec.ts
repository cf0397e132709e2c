import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { serveShop, type Serving } from './fixtures/shop.js';
import type { HttpRoute } from './http-route.js';
import type { HttpUpgrade } from './http-upgrade.js';

/** Says its name, and then what it is told. */
class Parrot implements HttpUpgrade {
  readonly protocol = 'parrot';
  readonly happened: string[] = [];

  accept(_request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => undefined);
    socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: parrot\r\n\r\n');
    socket.write(head);
    socket.pipe(socket);
  }

  drain(): void {
    this.happened.push('drain');
  }

  close(): Promise<void> {
    this.happened.push('close');
    return Promise.resolve();
  }
}

const route: HttpRoute = {
  path: '/weather',
  handle: async (request, response) => {
    if (request.url!.endsWith('?storm')) throw new TypeError('the password is 1234');
    response.end('fine');
  },
};

describe('what HTTP becomes, and what it has beside services', () => {
  let serving: Serving;
  let parrot: Parrot;

  beforeEach(async () => {
    parrot = new Parrot();
    serving = await serveShop({ upgrades: [parrot], routes: [route] });
  });

  afterEach(() => serving.stop());

  /** What is answered to some lines, until `until` was said or the connection is closed. */
  function say(lines: string[], until: RegExp, after = ''): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(serving.port, '127.0.0.1');
      let said = '';
      socket.on('data', (data) => {
        said += data.toString();
        if (until.test(said)) socket.destroy();
      });
      socket.on('close', () => resolve(said)).on('error', reject);
      socket.write(`${lines.join('\r\n')}\r\n\r\n${after}`);
    });
  }

  const asking = (protocol: string, ...more: string[]): string[] => [
    'GET /shop/ping HTTP/1.1',
    'host: shop',
    'connection: upgrade, HTTP2-Settings',
    `upgrade: ${protocol}`,
    ...more,
  ];

  test('gives a connection to the protocol that it asks for, with what came already', async () => {
    const said = await say(asking('other, Parrot'), /hello$/, 'hello');
    expect(said).toMatch(/^HTTP\/1\.1 101 /);
  });

  test('goes on with HTTP/1.1 where nobody knows the protocol', async () => {
    const said = await say(asking('h2c', 'http2-settings: AAMAAABkAAQAoAAAAAIAAAAA'), /null/);
    expect(said).toMatch(/^HTTP\/1\.1 200 OK[^]*null$/);
    const posted = [
      'POST /shop/hello HTTP/1.1',
      ...['host: shop', 'connection: upgrade', 'upgrade: h2c', 'content-type: application/json', 'content-length: 14'],
    ];
    expect(await say(posted, /Hello/, '{"name":"Ada"}')).toContain('{"message":"Hello Ada"}');
  });

  test('asks no protocol about pages of foreign origins', async () => {
    const said = await say(asking('parrot', 'origin: https://evil.example'), /}$/);
    expect(said).toMatch(/^HTTP\/1\.1 403 [^]*SKERRY_HTTP_ORIGIN_REFUSED/);
  });

  test('tells protocols to drain and to close, and cuts off what they leave', async () => {
    const left = say(asking('parrot'), /never/);
    await new Promise((resolve) => setImmediate(resolve));
    await fetch(serving.url);
    await serving.stop();
    expect(parrot.happened).toEqual(['drain', 'close']);
    expect(await left).toContain('101');
  });

  test('answers by routes, and tells their failures as any other', async () => {
    expect(await (await fetch(`${serving.url}/weather`)).text()).toBe('fine');
    const failed = await fetch(`${serving.url}/weather?storm`);
    expect(failed.status).toBe(500);
    expect(await failed.text()).not.toContain('1234');
    expect(serving.events).toContainEqual(expect.objectContaining({ type: 'handler-failed', handler: '/weather' }));
  });
});
