import { transformFileSync, transformSync, type Options } from '@swc/core';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('..', import.meta.url));
const packages = fileURLToPath(new URL('../../../../node_modules', import.meta.url));

const swc = (type: 'es6' | 'commonjs'): Options => ({
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
  },
  module: { type },
});

const order = `
  import 'reflect-metadata';
  import { Expose, Type } from 'class-transformer';
  import { IsInt, IsString, ValidateNested } from 'class-validator';

  class Line { @IsInt() count!: number; }
  export class Order {
    @Expose({ name: 'order_name' }) @IsString() name!: string;
    @ValidateNested({ each: true }) @Type(() => Line) lines!: Line[];
  }`;

let folder: string;

// What ships: ES modules without a test runner in between, which loads packages in its own way.
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'skerry-schema-'));
  symlinkSync(packages, join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  for (const part of ['schema', 'errors']) {
    mkdirSync(join(folder, part));
    for (const file of readdirSync(join(source, part)).filter((name) => /(?<!\.spec)\.ts$/.test(name))) {
      const { code } = transformFileSync(join(source, part, file), { ...swc('es6'), swcrc: false });
      writeFileSync(join(folder, part, file.replace(/ts$/, 'js')), code);
    }
  }
  writeFileSync(join(folder, 'order.js'), transformSync(order, swc('es6')).code);
  writeFileSync(join(folder, 'order.cjs'), transformSync(order, swc('commonjs')).code);
});

afterAll(() => rmSync(folder, { recursive: true }));

/** What the program prints, as JSON. */
function run(program: string): unknown {
  const text = `
    import { createRequire } from 'node:module';
    import { messageSchema } from './schema/message-schema.js';
    const require = createRequire(import.meta.url);
    const loaded = (name) => Object.keys(require.cache).some((file) => file.includes('/' + name + '/'));
    const print = (value) => console.log(JSON.stringify(value));
    ${program}`;
  writeFileSync(join(folder, 'program.js'), text);
  const { stdout, stderr, status } = spawnSync(process.execPath, ['program.js'], { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

describe('on plain Node.js', () => {
  test('an application without DTOs loads neither class-validator nor class-transformer', () => {
    const printed = run(`
      messageSchema(String).parse('x', 'message');
      messageSchema(Object).parse({}, 'message');
      print([loaded('class-validator'), loaded('class-transformer')]);`);
    expect(printed).toEqual([false, false]);
  });

  test('a class without rules does not load class-validator', () => {
    const printed = run(`
      class Free { name; }
      print([messageSchema(Free).parse({ name: 1 }, 'message'), loaded('class-validator')]);`);
    expect(printed).toEqual([{ name: 1 }, false]);
  });

  test.each([
    ['imported', `const { Order } = await import('./order.js');`],
    ['required', `const { Order } = require('./order.cjs');`],
  ])('the decorators of a DTO that is %s are seen', (_how, load) => {
    const printed = run(`
      ${load}
      const schema = messageSchema(Order);
      const order = schema.parse({ order_name: 'x', lines: [{ count: 1 }] }, 'message');
      let fields;
      try { schema.parse({ order_name: 'x', lines: [{ count: 'x' }] }, 'message'); } catch (error) { fields = error.fields; }
      print([order, order.lines[0].constructor.name, fields, loaded('class-validator')]);`);
    expect(printed).toEqual([
      { name: 'x', lines: [{ count: 1 }] },
      'Line',
      [{ path: 'lines[0].count', messages: ['count must be an integer number'] }],
      true,
    ]);
  });
});
