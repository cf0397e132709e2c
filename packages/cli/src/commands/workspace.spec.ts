import { WorkspaceFolder } from '../fixtures/workspace-folder.js';

// The commands that are about applications, in a workspace where none is named.
let folder: WorkspaceFolder;
beforeAll(() => (folder = new WorkspaceFolder()));
afterAll(() => folder.remove());

async function printed(directory: string, ...args: string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await folder.run(directory, ...args);
  expect([stderr.text, exitCode]).toEqual(['', 0]);
  return stdout.text;
}

describe('graph', () => {
  test('shows the tree of each application, who calls whom, and which topics connect them', async () => {
    expect(await printed('.', 'graph')).toBe(
      [
        'orders',
        'module AppModule',
        "├─ Orders  service 'orders', singleton  ─▶ client of 'stock', client of 'payments', store of 'orders'",
        '└─ Book    class, singleton',
        '',
        'stock',
        'module AppModule',
        "├─ Stock      service 'stock', singleton",
        "└─ 'shelves'  factory, singleton",
        '',
        'calls',
        '  orders AppModule.Orders  ─▶ stock',
        '  orders AppModule.Orders  ─▶ payments (none of these applications)',
        '',
        'topics',
        '  orders.placed  orders ─▶ stock.onPlaced',
        '',
      ].join('\n'),
    );
  });

  test('tells programs the same', async () => {
    const { applications, calls, topics } = JSON.parse(await printed('.', 'graph', '--json')) as Record<
      string,
      object[]
    >;
    expect(applications).toMatchObject([
      { name: 'orders', root: 'AppModule' },
      { name: 'stock', root: 'AppModule' },
    ]);
    const from = { application: 'orders', from: 'AppModule.Orders', lazy: false };
    expect(calls).toEqual([
      { ...from, service: 'stock', to: 'stock' },
      { ...from, service: 'payments' },
    ]);
    expect(topics).toEqual([
      {
        topic: 'orders.placed',
        publishedBy: [{ application: 'orders', service: 'orders' }],
        deliveredTo: [{ application: 'stock', service: 'stock', method: 'onPlaced' }],
      },
    ]);
  });

  test('draws them as one flowchart', async () => {
    const lines = (await printed('.', 'graph', '--format', 'mermaid')).split('\n').map((line) => line.trim());
    expect(lines).toEqual(
      expect.arrayContaining([
        'subgraph a0["orders"]',
        'subgraph a1["stock"]',
        'e0(["payments"]):::outside',
        't0{{"orders.placed"}}:::topic',
        'a0p0 ==> a1p0',
        'a0p0 ==> e0',
        'a0p0 --> t0',
        't0 --> a1p0',
      ]),
    );
    expect(lines.filter((line) => line.startsWith('subgraph')).length).toBe(
      lines.filter((line) => line === 'end').length,
    );
  });

  test('is about the one whose directory it is, and about those that are named', async () => {
    expect(await printed('apps/stock', 'graph')).toMatch(/^module AppModule\n├─ Stock /);
    expect(await printed('.', 'graph', 'apps/stock/app.module.js')).toMatch(/^module AppModule\n├─ Stock /);
    const page = await printed('.', 'graph', '--html', '-');
    expect(page).toContain('<title>orders, stock</title>');
    expect(await printed('apps/stock', 'graph', '--html', '-')).toContain('<title>stock</title>');
  });
});

describe('unused', () => {
  test('tells for each application', async () => {
    const text = await printed('.', 'unused');
    expect(text).toMatch(/^orders\nprovider Book {2}AppModule/);
    expect(text).toMatch(/\n\nstock\nprovider 'shelves' {2}AppModule[\s\S]*\n\nNot known: /);
    const { stdout, exitCode } = await folder.run('.', 'unused', '--json', '--strict');
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout.text)).toMatchObject([
      { application: 'orders', name: 'Book' },
      { application: 'stock', name: "'shelves'" },
    ]);
  });
});

describe('why', () => {
  test('tells for each application that has it, and which have not', async () => {
    const text = await printed('.', 'why', 'Stock');
    expect(text).toMatch(/^stock\nStock {2}service 'stock', singleton\n[\s\S]*\n\nNot in orders\.\n$/);
    const both = JSON.parse(await printed('.', 'why', 'AppModule', '--json')) as object[];
    expect(both).toMatchObject([{ application: 'orders' }, { application: 'stock' }]);
    expect(JSON.parse(await printed('apps/stock', 'why', 'Stock', '--json'))).toMatchObject({ application: 'stock' });
  });

  test('fails with the nearest names of all of them', async () => {
    const { stderr, exitCode } = await folder.run('.', 'why', 'Stok');
    expect(exitCode).toBe(1);
    expect(stderr.text).toContain('Nothing in orders, stock provides Stok. Did you mean Stock');
  });
});

describe('doctor', () => {
  test('puts each application together, and looks at its package', async () => {
    folder.write({
      'apps/broken/package.json': { name: '@shop/broken', skerry: { module: 'app.module.mjs' } },
      'apps/broken/app.module.mjs': 'export const nothing = 1;',
    });
    const { stdout, exitCode } = await folder.run('.', 'doctor', '--json');
    expect(exitCode).toBe(1);
    const found = JSON.parse(stdout.text) as { check: string; findings: { status: string; text: string }[] }[];
    const texts = (name: string): string[] =>
      found.find(({ check }) => check === name)!.findings.map(({ status, text }) => `${status} ${text}`);
    expect(texts('application')).toEqual(
      expect.arrayContaining([
        'ok orders: apps/orders/app.module.js can be put together',
        'ok stock: apps/stock/app.module.js can be put together',
        expect.stringMatching(/^fail broken: /),
      ]),
    );
    expect(texts('package')).toEqual([
      'ok "type": "module"',
      'fail broken: package.json has no "type", so files are CommonJS',
    ]);
    const alone = await folder.run('apps/stock', 'doctor', '--json');
    expect(alone.stdout.text).toContain('"app.module.js can be put together"');
  });
});

test('a command that is about one application says which there are', async () => {
  const { stderr, exitCode } = await folder.run('.', 'openapi');
  expect(exitCode).toBe(2);
  expect(stderr.text).toContain('apps/orders/app.module.js, apps/stock/app.module.js');
});
