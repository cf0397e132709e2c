import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { HttpRoute } from '@skerry/core';
import { browserProfile, chromiumFlags, eventually, findChromium } from '@skerry-private/test-kit';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { serveWorkshop, Workshop, type Serving } from '../fixtures/workshop.js';
import type { CallError } from './call-error.js';
import type { PageClient } from './page-client.js';

/** What the page puts where its tests find it. */
interface Window {
  readonly workshop: PageClient<Workshop>;
  readonly states: string[];
}
declare const window: Window;

const binary = await findChromium();
const bundle = await bundled();

test('the bundle is small, whole, and needs nothing of Node', () => {
  expect(gzipSync(bundle).length).toBeLessThan(8 * 1024);
  expect(bundle.toString()).not.toMatch(/\b(require|process|Buffer|node:)\b|\bfrom\s*["']|\bimport\s*["'(]/);
});

(binary ? describe : describe.skip)('in Chromium, a page of the port that it calls', () => {
  let serving: Serving;
  let context: BrowserContext;
  let page: Page;
  let profile: Awaited<ReturnType<typeof browserProfile>>;
  const complaints: string[] = [];

  const html = `<!doctype html><title>workshop</title><link rel="icon" href="data:,"><script type="module">
    import { connect } from '/skerry.js';
    window.states = [];
    window.workshop = connect('/ws', { onState: (state) => window.states.push(state) }).service('workshop');
  </script>`;
  const routes = [route('/', 'text/html', html), route('/skerry.js', 'text/javascript', bundle)];

  beforeAll(async () => {
    serving = await serveWorkshop({}, { routes });
    profile = await browserProfile();
    context = await chromium.launchPersistentContext(profile.folder, {
      executablePath: binary,
      args: [...chromiumFlags],
      chromiumSandbox: false,
    });
    page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`http://127.0.0.1:${serving.port}/`);
    await page.waitForFunction(() => window.workshop !== undefined);
  }, 60_000);

  afterAll(async () => {
    await context?.close();
    await profile?.remove();
    await serving?.application.stop();
    expect(complaints).toEqual([]);
  }, 60_000);

  beforeEach(() => void ([Workshop.left, Workshop.release] = [0, undefined]));

  test('calls', async () => {
    expect(await page.evaluate(() => window.workshop.hello({ name: 'Ada' }))).toEqual({ message: 'Hello Ada' });
    const many = await page.evaluate(() =>
      Promise.all(Array.from({ length: 200 }, (_, i) => window.workshop.hello({ name: `${i}` }))),
    );
    expect(many.map(({ message }) => message)).toEqual(many.map((_, i) => `Hello ${i}`));
  });

  test('streams either way, and both at once, and more than a window', async () => {
    const result = await page.evaluate(async () => {
      const { workshop } = window;
      const down: number[] = [];
      for await (const { value } of workshop.countdown({ value: 4 })) down.push(value);
      const padding = 'x'.repeat(20_000);
      const up = await workshop.sum(Array.from({ length: 100 }, (_, value) => ({ value, padding })));
      const both: number[] = [];
      async function* numbers() {
        for (let value = 1; value <= 3; value++) yield { value };
      }
      for await (const { value } of workshop.double(numbers())) both.push(value);
      let bytes = 0;
      for await (const { padding: some } of workshop.flood({ value: 50_000 })) {
        bytes += some!.length;
        if (bytes >= 5_000_000) break;
      }
      return { down, up, both, bytes };
    });
    expect(result).toEqual({ down: [4, 3, 2, 1], up: { value: 4_950 }, both: [2, 4, 6], bytes: 5_000_000 });
    await eventually(() => expect(Workshop.left).toBe(1));
  });

  test('gives up, and the handler is told', async () => {
    const code = await page.evaluate(async () => {
      const abort = new AbortController();
      const waiting = window.workshop.wait({ name: 'Ada' }, { signal: abort.signal });
      await window.workshop.hello({ name: 'Ada' });
      abort.abort();
      return waiting.then(
        () => '',
        (error: { code: string }) => error.code,
      );
    });
    expect(code).toBe('SKERRY_RPC_CANCELLED');
    await eventually(() => expect(Workshop.left).toBe(1));
  });

  test('catches errors whole', async () => {
    const [sold, wrong] = await page.evaluate(async () => {
      const caught = (error: CallError) => ({ ...error, message: error.message, fields: error.fields });
      return Promise.all([
        window.workshop.sell().then(() => undefined, caught),
        window.workshop.hello({ name: '' }).then(() => undefined, caught),
      ]);
    });
    expect(sold).toMatchObject({ code: 'OUT_OF_STOCK', details: { sku: 'x-1' }, message: 'x-1 is out of stock' });
    expect(wrong).toMatchObject({ code: 'SKERRY_VALIDATION_FAILED', fields: [{ path: 'name' }] });
  });

  test('is cut off by a server that restarts, and finds it again', async () => {
    const { port } = serving;
    await serving.application.stop();
    const calling = page.evaluate(() => window.workshop.hello({ name: 'again' }, { timeoutMs: 20_000 }));
    serving = await serveWorkshop({}, { routes, port });
    expect(await calling).toEqual({ message: 'Hello again' });
    expect(await page.evaluate(() => window.states)).toEqual(expect.arrayContaining(['closed', 'open']));
  }, 60_000);

  test('is not served when it is a page of somebody else', async () => {
    const stranger = await context.newPage();
    const elsewhere = await serveWorkshop({}, { routes });
    await stranger.goto(`http://127.0.0.1:${elsewhere.port}/`);
    const opened = await stranger.evaluate(
      (url) =>
        new Promise<boolean>((done) => {
          const socket = new WebSocket(url, 'skerry.1');
          socket.onopen = () => done(true);
          socket.onerror = () => done(false);
        }),
      `ws://127.0.0.1:${serving.port}/ws`,
    );
    expect(opened).toBe(false);
    await stranger.close();
    await elsewhere.application.stop();
  });
});

function route(path: string, type: string, body: string | Buffer): HttpRoute {
  return { path, handle: (_request, response) => void response.setHeader('content-type', type).end(body) };
}

/** As the package's own build makes it. */
async function bundled(): Promise<Buffer> {
  const root = resolve(import.meta.dirname, '../../../..');
  const options = ['--bundle', '--minify', '--format=esm', '--target=es2022'];
  const source = resolve(import.meta.dirname, 'index.ts');
  const { stdout } = await promisify(execFile)(resolve(root, 'node_modules/.bin/esbuild'), [source, ...options], {
    encoding: 'buffer',
  });
  return stdout;
}
