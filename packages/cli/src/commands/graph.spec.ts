import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '@skerry-private/test-kit';
import { MemoryTerminal } from '../fixtures/memory-terminal.js';
import { RegistryDirectory } from '../fixtures/registry-directory.js';
import { ShopFolder } from '../fixtures/shop-folder.js';
import { runProgram } from '../program.js';

let folder: ShopFolder;
beforeEach(async () => (folder = await ShopFolder.create()));
afterEach(() => folder.close());

function terminal(env: Record<string, string> = {}): MemoryTerminal {
  return new MemoryTerminal({ cwd: folder.path, env: { NO_COLOR: '1', ...env } });
}

test('writes the picture of an application as a page', async () => {
  const { exitCode, stdout } = await folder.run('graph', 'app.module.js', '--html', 'out/shop.html');
  expect(stdout.text).toBe('created out/shop.html\n');
  expect(exitCode).toBe(0);
  const html = await folder.read('out/shop.html');
  expect(html).toMatch(/^<!doctype html>/);
  expect(html).toContain('<title>AppModule</title>');
  expect(html).toContain('>orders.placed</text>');
  expect((await folder.run('graph', 'app.module.js', '--html', 'out/shop.html', '--json')).stdout.text).toBe(
    '{"file":"out/shop.html","done":"unchanged"}\n',
  );
});

test('several applications are one picture', async () => {
  await folder.write(
    'other.module.js',
    ["Service('shop'", "Service('outlet'"],
    ['class AppModule', 'class Outlet'],
    ['(AppModule)', '(Outlet)'],
  );
  const { exitCode, stderr } = await folder.run('graph', 'app.module.js', 'other.module.js', '--html');
  expect(stderr.text).toBe('');
  expect(exitCode).toBe(0);
  expect(await folder.read('skerry-graph.html')).toContain('<title>AppModule, Outlet</title>');
  const text = await folder.run('graph', 'app.module.js', 'other.module.js');
  expect(text.exitCode).toBe(0);
  expect(text.stdout.text).toMatch(
    /^AppModule\nmodule AppModule\n[^]*\n\nOutlet\nmodule Outlet\n[^]*\ntopics\n {2}orders\.placed {2}shop, outlet ─▶ shop\.noted, outlet\.noted\n$/,
  );
});

test('applications whose root modules are called the same are told apart by their files', async () => {
  await folder.write('other.module.js', ["Service('shop'", "Service('outlet'"]);
  const { stdout } = await folder.run('graph', 'app.module.js', 'other.module.js', '--html', '-');
  expect(stdout.text).toContain('<title>app.module.js, other.module.js</title>');
});

test('prints the page, and does not take the name of a module for that of a page', async () => {
  const printed = await folder.run('graph', 'app.module.js', '--html', '-');
  expect(printed.stdout.text).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
  const before = await folder.read('app.module.js');
  const mistaken = await folder.run('graph', '--html', 'app.module.js');
  expect(mistaken.exitCode).toBe(2);
  expect(mistaken.stderr.text).toContain('skerry graph app.module.js --html');
  expect(await folder.read('app.module.js')).toBe(before);
});

test('shows what is running, with an application or without', async () => {
  const registry = await RegistryDirectory.create();
  await registry.register({ service: 'greeter', id: 'greeter-1' });
  const both = terminal(registry.env);
  expect(await runProgram(['graph', 'app.module.js', '--running', '--html', '-'], both)).toBe(0);
  expect(both.stdout.text).toContain('greeter-1');
  expect(both.stdout.text).toContain('not running');
  const alone = terminal(registry.env);
  expect(await runProgram(['graph', '--running', '--html', '-'], alone)).toBe(0);
  expect(alone.stdout.text).toContain('<title>Running services</title>');
  await registry.close();
  expect((await folder.run('graph', 'app.module.js', '--running')).stderr.text).toContain('add --html, or --open');
});

test('opens the page in the browser that the environment names', async () => {
  const browser = join(folder.path, 'browser');
  await writeFile(
    browser,
    `#!/bin/sh\nprintf %s "$1" > '${folder.path}/opened.part' && mv '${folder.path}/opened.part' '${folder.path}/opened'\n`,
  );
  await chmod(browser, 0o755);
  const shown = terminal({ BROWSER: browser });
  expect(await runProgram(['graph', 'app.module.js', '--open'], shown)).toBe(0);
  await eventually(async () => expect(await folder.read('opened')).toMatch(/^file:.*\/skerry-graph\.html$/));
  expect(await readFile(new URL(await folder.read('opened')), 'utf8')).toContain('<title>AppModule</title>');

  const nowhere = terminal({ BROWSER: join(folder.path, 'none') });
  expect(await runProgram(['graph', 'app.module.js', '--html', '--open'], nowhere)).toBe(2);
  expect(nowhere.stderr.text).toContain('open it yourself: file:');
});
