import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MemoryTerminal } from '../fixtures/memory-terminal.js';
import { runProgram } from '../program.js';

const workspace = fileURLToPath(new URL('../../../../', import.meta.url));

/** As a compiler writes it; whatever is constructed would end the command. */
const application = (fields: string): string => `
import { Field, Handler, Module, Service } from '@skerry/core';

class Order {}
for (const [number, name, type] of ${fields}) {
  Reflect.defineMetadata('design:type', type, Order.prototype, name);
  Field(number)(Order.prototype, name);
}
class Shop {
  constructor() { throw new Error('was constructed'); }
  async place() {}
}
Handler({ request: Order, reply: Order })(Shop.prototype, 'place', Object.getOwnPropertyDescriptor(Shop.prototype, 'place'));
Service('shop.Orders')(Shop);
export class AppModule {}
Module({ providers: [Shop] })(AppModule);
`;

const text = `syntax = "proto3";

package shop;

service Orders {
  rpc place(Order) returns (Order);
}

message Order {
  optional string id = 1;
  optional double price = 2;
}
`;

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'skerry-cli-')));
  await mkdir(join(folder, 'node_modules/@skerry'), { recursive: true });
  for (const name of ['core', 'protobuf']) {
    await symlink(join(workspace, 'packages', name), join(folder, 'node_modules/@skerry', name));
  }
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(join(folder, 'app.js'), application("[[1, 'id', String], [2, 'price', Number]]"));
  await writeFile(join(folder, 'next.js'), application("[[2, 'price', Number], [3, 'note', String]]"));
  await writeFile(join(folder, 'wrong.js'), application("[[1, 'id', String], [3, 'price', Number]]"));
});
afterEach(() => rm(folder, { recursive: true }));

async function run(...args: string[]): Promise<{ exitCode: number | undefined; out: string; err: string }> {
  const terminal = new MemoryTerminal({ cwd: folder, env: { NO_COLOR: '1' } });
  const exitCode = await runProgram(['proto', ...args], terminal);
  return { exitCode, out: terminal.stdout.text, err: terminal.stderr.text };
}
const read = (file: string): Promise<string> => readFile(join(folder, file), 'utf8');

test('prints the .proto, starts nothing, and keeps the numbers', async () => {
  expect(await run('app.js')).toEqual({ exitCode: 0, out: text, err: '' });
  expect(JSON.parse(await read('skerry.proto.lock.json'))).toMatchObject({
    messages: { Order: { fields: { id: { number: 1, type: 'string' }, price: { number: 2, type: 'double' } } } },
  });
});

test('writes files, and reserves what is gone', async () => {
  await run('app.js', '--out', 'proto/shop.proto', '--lock', 'proto/lock.json');
  expect(await read('proto/shop.proto')).toBe(text);
  await run('next.js', '--out', 'proto/shop.proto', '--lock', 'proto/lock.json');
  expect(await read('proto/shop.proto')).toContain('  reserved 1;\n  reserved "id";\n  optional double price = 2;');
});

test('refuses a number that has changed, and names it', async () => {
  await run('app.js');
  const { exitCode, err } = await run('wrong.js');
  expect(exitCode).toBe(1);
  expect(err).toContain('Order.price is 3; it was 2: give it back @Field(2)');
});

test('checks, and writes nothing', async () => {
  expect(await run('app.js', '--out', 'shop.proto', '--check')).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining('skerry.proto.lock.json and shop.proto would change'),
  });
  await run('app.js', '--out', 'shop.proto');
  expect(await run('app.js', '--out', 'shop.proto', '--check')).toEqual({ exitCode: 0, out: '', err: '' });
  expect((await run('next.js', '--out', 'shop.proto', '--check')).exitCode).toBe(1);
  expect(await read('shop.proto')).toBe(text);
});

test('says which services there are', async () => {
  const { exitCode, err } = await run('app.js', '--service', 'shop.Order');
  expect(exitCode).toBe(2);
  expect(err).toContain('shop.Orders');
});

test('tells programs what was done with each file', async () => {
  const first = await run('app.js', '--json');
  expect(JSON.parse(first.out)).toEqual({ files: [{ file: 'skerry.proto.lock.json', done: 'created' }], text });
  const second = await run('app.js', '--out', 'shop.proto', '--json');
  expect(JSON.parse(second.out)).toEqual({
    files: [
      { file: 'skerry.proto.lock.json', done: 'unchanged' },
      { file: 'shop.proto', done: 'created' },
    ],
  });
  const check = await run('next.js', '--check', '--json');
  expect([check.exitCode, JSON.parse(check.out)]).toEqual([1, { changed: ['skerry.proto.lock.json'] }]);
});
