import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { browserProfile, chromiumFlags, eventually, findChromium } from '@skerry-private/test-kit';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { hostileName, largePortrait, smallPortrait } from '../fixtures/portraits.js';
import { WorkspaceFolder } from '../fixtures/workspace-folder.js';
import { page as pageOf } from './page.js';
import type { Portrait } from './portrait.js';

/** What is used of the browser, in functions that run there. */
interface Part {
  closest(selector: string): Part | null;
  getAttribute(name: string): string | null;
}
declare const document: { readonly activeElement: Part; querySelector(selector: string): Part };
declare const window: { dispatchEvent(event: Event): void };
declare function getComputedStyle(part: Part): { readonly display: string; readonly fill: string };

const binary = await findChromium();

test('the page is one file that asks for nothing, and lets nothing but its own script and style work', async () => {
  const html = await pageOf(smallPortrait());
  expect(html).toMatch(
    /Content-Security-Policy" content="default-src 'none'; style-src 'sha256-[^' ]+'; script-src 'sha256-[^' ]+'/,
  );
  const plain = await pageOf(largePortrait(2));
  expect(plain.replace(/url\('#head-[a-z]+'\)/g, '')).not.toMatch(/<[a-z][^<>]* (src|href)=|url\(|@import|https?:/);
  expect(html.match(/<\/script>/g)).toHaveLength(2);
  expect(html).not.toContain('<img');
  expect(html).not.toContain('\u202e');
});

test('without its script it is the whole picture', async () => {
  const html = await pageOf(smallPortrait());
  expect(html).toContain('>Orders</text>');
  expect(html).toContain('class="arrow calls" data-from="Orders" data-to="service payments" d="M');
});

(binary ? describe : describe.skip)('in Chromium, opened from the disk', () => {
  let folder: string;
  let context: BrowserContext;
  let page: Page;
  let profile: Awaited<ReturnType<typeof browserProfile>>;
  let complaints: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skerry-picture-'));
    profile = await browserProfile();
    context = await chromium.launchPersistentContext(profile.folder, {
      ...{ executablePath: binary, args: [...chromiumFlags], chromiumSandbox: false },
      viewport: { width: 1400, height: 800 },
    });
  }, 60_000);

  afterAll(async () => {
    await context?.close();
    await profile?.remove();
    await rm(folder, { recursive: true });
  }, 60_000);

  beforeEach(async () => {
    complaints = [];
    page = await context.newPage();
    // What the policy has stopped is told as an error on the console.
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith('file:')) complaints.push(request.url());
    });
  });

  afterEach(async () => {
    await page.close();
    expect(complaints).toEqual([]);
  });

  async function open(portrait: Portrait): Promise<string> {
    const html = await pageOf(portrait);
    await show(html);
    return html;
  }

  async function show(html: string): Promise<void> {
    const file = join(folder, 'page.html');
    await writeFile(file, html);
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector('html[data-ready]');
  }

  const item = (id: string): string => `.item[data-id="${id}"]`;
  const classes = (id: string): Promise<string> =>
    page.locator(item(id)).evaluate((each) => each.getAttribute('class')!);
  const details = async (): Promise<string> => (await page.locator('#details').innerText()).replace(/\n+/g, '\n');
  const display = (each: Part): string => getComputedStyle(each).display;

  test('the script draws what was drawn, and no name does anything', async () => {
    const html = await open(largePortrait(6));
    const drawn = [...html.matchAll(/class="arrow [^"]+" data-from="([^"]+)" data-to="([^"]+)" d="([^"]+)"/g)].map(
      (each) => each.slice(1),
    );
    const found = await page.$$eval('.arrow', (all) =>
      all.map((each) => [each.getAttribute('data-from'), each.getAttribute('data-to'), each.getAttribute('d')]),
    );
    expect(found.length).toBeGreaterThan(70);
    expect(found).toEqual(drawn);
    await open(smallPortrait());
    expect(await page.title()).toContain('Shop </script>');
    expect(await page.locator('img').count()).toBe(0);
  });

  test('a workspace is one picture across its applications, without anything running', async () => {
    const workspace = new WorkspaceFolder();
    try {
      const { stdout, exitCode } = await workspace.run('.', 'graph', '--html', '-');
      expect(exitCode).toBe(0);
      await show(stdout.text);
    } finally {
      workspace.remove();
    }
    expect(await page.locator('#applications li').allInnerTexts()).toEqual(['orders', 'stock']);
    const service = (id: string): string => `${id} AppModule.${id === '1' ? 'Orders' : 'Stock'}`;
    await page.hover(item(service('1')));
    expect(await classes(service('2'))).toMatch(/near-down/);
    expect(await classes('service payments')).toMatch(/near-down/);
    await page.click(item(service('1')));
    expect(await details()).toMatch(/calls\nStock\n[^]*payments\n[^]*publishes\n[^]*orders\.placed/);
    // The details lie above what is at the right.
    await page.keyboard.press('Escape');
    await page.click(item('topic orders.*'));
    expect(await details()).toMatch(/onPlaced/);
    const notes = await page.locator('.card.module .head .note').allTextContents();
    expect(notes).toEqual(['root of orders', 'root of stock']);
  });

  test('pointing at something shows what it needs, and what needs it, near and far', async () => {
    await open(smallPortrait());
    await page.hover(item('OrderBook'));
    expect(await classes('Orders')).toMatch(/near-up/);
    expect(await classes('topic payments.taken')).toMatch(/far-up/);
    expect(await classes('Stock')).toMatch(/near-down/);
    expect(await classes('hostile')).toMatch(/far-down/);
    expect(await classes('service payments')).not.toMatch(/lit-item/);
    // What all use is shown for the one that is looked at.
    expect(await page.locator('.arrow.block').evaluate(display)).toBe('none');
    await page.hover(item('Orders'));
    expect(await page.locator('.arrow.block').evaluate(display)).toBe('inline');
    await page.hover('footer');
    expect(await page.locator('.lit-item').count()).toBe(0);
  });

  test('a click tells everything about it, with ways to its neighbours', async () => {
    await open(smallPortrait());
    await page.click(item('Orders'));
    expect(await details()).toMatch(/^.*Orders\nservice in OrdersModule\n.*declared\nsrc\/orders\.ts:14/s);
    expect(await details()).toMatch(
      /offers and takes\nplace\(\)\npaid ← payments\.taken\ncalls\npayments\nneeds\nOrderBook/,
    );
    await page.click('#details li button:has-text("place()")');
    await page.click('#details summary');
    expect(await details()).toContain('{ "type": "object" }');
    await page.click(item('hostile'));
    expect(await details()).toContain(hostileName.slice(0, 30));
    await page.keyboard.press('Escape');
    expect(await page.isVisible('#details')).toBe(false);
  });

  test('a search finds names and facts, and Enter goes to them, in folded cards too', async () => {
    await open(smallPortrait());
    await page.keyboard.press('f');
    expect(await page.isVisible(item('Stock'))).toBe(false);
    await page.keyboard.press('/');
    await page.keyboard.type('stock');
    expect(await page.locator('#found').innerText()).toBe('2 found');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    expect(await page.isVisible(item('Stock'))).toBe(true);
    expect(await details()).toContain('Stock\nprovider in StockModule');
    expect(await page.locator('#found').innerText()).toBe('2 of 2');
    await page.fill('#search', 'src/orders.ts');
    // Its module is folded.
    expect(await classes('module OrdersModule')).toMatch(/found/);
    await page.fill('#search', 'no such thing');
    expect(await page.locator('#found').innerText()).toBe('nothing');
  });

  test('all of it is reached by the keyboard', async () => {
    await open(smallPortrait());
    for (let presses = 0; presses < 20; presses++) {
      await page.keyboard.press('Tab');
      if (await page.evaluate(() => document.activeElement.closest('svg') !== null)) break;
    }
    const focused = (): Promise<string | null> => page.evaluate(() => document.activeElement.getAttribute('data-id'));
    expect(await focused()).toBe('topic payments.taken');
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toBe('Orders/paid');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    expect(await focused()).toBe('Orders');
    await page.keyboard.press('Enter');
    expect(await details()).toContain('service in OrdersModule');
    await page.keyboard.press('Space');
    expect(await page.locator(item('module OrdersModule')).getAttribute('aria-expanded')).toBe('false');
    expect(await page.locator(item('module OrdersModule')).getAttribute('aria-label')).toBe(
      'module OrdersModule, root',
    );
  });

  test('two hundred providers begin folded, fit on the screen, and can be opened one module at a time', async () => {
    const large = largePortrait(20);
    const needs = large.arrows.filter(({ kind }) => kind === 'needs');
    const between = needs.map(({ from, to }) => [from, to].map((id) => id.replace(/\.P.*/, '')));
    const pairs = new Set(between.filter(([from, to]) => from !== to).map((pair) => pair.join(' ')));
    await open({ ...large, arrows: needs });
    expect(await page.locator('.card.folded').count()).toBe(20);
    expect(await page.locator('.row:visible').count()).toBe(0);
    const screen = { width: 1400, height: 800 };
    for (const card of await page.locator('.card').all()) {
      const box = (await card.boundingBox())!;
      expect(box.x >= 0 && box.y >= 0 && box.x + box.width <= screen.width && box.y + box.height <= screen.height).toBe(
        true,
      );
    }
    // Arrows between the same two folded modules are one.
    const visible = await page.locator('.arrow.needs:not(.gone)').count();
    expect(visible).toBe(pairs.size);
    await page.locator(`${item('M3')} .fold`).click();
    expect(await page.locator('.row:visible').count()).toBe(10);
    const boxes = await Promise.all(
      (await page.locator('.card .box').all()).map(async (each) => (await each.boundingBox())!),
    );
    for (const [index, a] of boxes.entries()) {
      for (const b of boxes.slice(index + 1)) {
        const apart = a.x + a.width < b.x || b.x + b.width < a.x || a.y + a.height < b.y || b.y + b.height < a.y;
        expect(apart).toBe(true);
      }
    }
  });

  test('the wheel makes it larger around the pointer, and it can be dragged', async () => {
    await open(smallPortrait());
    const box = async (): Promise<{ x: number; width: number }> =>
      (await page.locator('.card .box').first().boundingBox())!;
    const before = await box();
    await page.mouse.move(before.x, 400);
    await page.mouse.wheel(0, -200);
    await eventually(async () => expect((await box()).width).toBeGreaterThan(before.width * 1.2));
    const after = await box();
    expect(Math.abs(after.x - before.x)).toBeLessThan(3);
    await page.mouse.move(20, 700);
    await page.mouse.down();
    await page.mouse.move(120, 700, { steps: 4 });
    await page.mouse.up();
    expect(Math.round((await box()).x - after.x)).toBe(100);
    await page.click('#fit');
    expect(Math.round((await box()).x)).toBe(Math.round(before.x));
  });

  test('it is dark where people like that, and printed in light colours, without tools', async () => {
    await open(smallPortrait());
    const colour = (): Promise<string> =>
      page.evaluate(() => getComputedStyle(document.querySelector('.card .box')).fill);
    await page.emulateMedia({ colorScheme: 'light' });
    expect(await colour()).toBe('rgb(255, 255, 255)');
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await colour()).toBe('rgb(26, 34, 43)');
    await page.emulateMedia({ colorScheme: 'dark', media: 'print' });
    expect(await colour()).toBe('rgb(255, 255, 255)');
    expect(await page.isVisible('#tools')).toBe(false);
    await page.emulateMedia({ colorScheme: 'light', media: 'screen' });
  });

  test('all of it is printed, whatever part is seen, and is seen again afterwards', async () => {
    await open(smallPortrait());
    await page.click('#in');
    const view = (): Promise<string | null> => page.locator('#picture').getAttribute('viewBox');
    const seen = await view();
    await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
    const [left, top, width, height] = (await view())!.split(' ').map(Number) as [number, number, number, number];
    const boxes = await page.$$eval('.card', (all) =>
      all.map((each) => /translate\(([-\d.]+) ([-\d.]+)\)/.exec(each.getAttribute('transform')!)!.slice(1).map(Number)),
    );
    expect(boxes.every(([x, y]) => x! > left && y! > top && x! < left + width && y! < top + height)).toBe(true);
    expect(await view()).not.toBe(seen);
    await page.evaluate(() => window.dispatchEvent(new Event('afterprint')));
    expect(await view()).toBe(seen);
  });
});
