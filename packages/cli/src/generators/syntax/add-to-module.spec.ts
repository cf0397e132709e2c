import fc from 'fast-check';
import { UsageError } from '../../usage-error.js';
import { addImport } from './add-import.js';
import { addToModule, type ModuleEntry } from './add-to-module.js';
import { SourceFile } from './source-file.js';

const grpc: ModuleEntry = { list: 'imports', text: 'GrpcModule.forRoot()', name: 'GrpcModule' };
const clock: ModuleEntry = { list: 'providers', text: 'Clock', name: 'Clock' };

function edited(text: string, entry: ModuleEntry = grpc, name?: string): string {
  const once = addToModule(SourceFile.parse('app.module.ts', text), entry, name);
  expect(addToModule(once, entry, name).text).toBe(once.text);
  return once.text;
}

function refusal(work: () => unknown): UsageError {
  try {
    work();
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

describe('an entry of a module', () => {
  test.each([
    ['no argument', '@Module() class A {}', '@Module({ imports: [GrpcModule.forRoot()] }) class A {}'],
    ['no property', '@Module({}) class A {}', '@Module({ imports: [GrpcModule.forRoot()] }) class A {}'],
    ['an empty list', '@Module({ imports: [] }) class A {}', '@Module({ imports: [GrpcModule.forRoot()] }) class A {}'],
    [
      'another list only',
      '@Module({ providers: [B] })\nexport class A {}\n',
      '@Module({ providers: [B], imports: [GrpcModule.forRoot()] })\nexport class A {}\n',
    ],
    ['one line', '@Module({ imports: [B] }) class A {}', '@Module({ imports: [B, GrpcModule.forRoot()] }) class A {}'],
    [
      'a comma at its end',
      '@Module({imports:[B,]}) class A {}',
      '@Module({imports:[B, GrpcModule.forRoot()]}) class A {}',
    ],
    [
      'a line each',
      '@Module({\n  imports: [\n    B,\n    C,\n  ],\n})\nclass A {}',
      '@Module({\n  imports: [\n    B,\n    C,\n    GrpcModule.forRoot(),\n  ],\n})\nclass A {}',
    ],
    [
      'a line each without a comma at the end',
      '@Module({\n    imports: [\n        B\n    ]\n})\nclass A {}',
      '@Module({\n    imports: [\n        B,\n        GrpcModule.forRoot()\n    ]\n})\nclass A {}',
    ],
    [
      'properties on lines, tabs',
      '@Module({\n\tproviders: [B],\n})\nclass A {}',
      '@Module({\n\tproviders: [B],\n\timports: [GrpcModule.forRoot()],\n})\nclass A {}',
    ],
    [
      'comments in and behind elements',
      '@Module({ imports: [\n  B, // is needed\n  /* not */ C // yet, [\n  // D,\n] })\nclass A {}',
      '@Module({ imports: [\n  B, // is needed\n  /* not */ C, // yet, [\n  // D,\n  GrpcModule.forRoot()\n] })\nclass A {}',
    ],
    [
      'nothing but a comment',
      '@Module({ imports: [/* none, as yet */] }) class A {}',
      '@Module({ imports: [/* none, as yet */ GrpcModule.forRoot()] }) class A {}',
    ],
    [
      'nothing but a comment on a line',
      '@Module({\n  imports: [\n    // none\n  ],\n})\nclass A {}',
      '@Module({\n  imports: [\n    // none\n    GrpcModule.forRoot(),\n  ],\n})\nclass A {}',
    ],
    [
      'a spread',
      '@Module({ imports: [...engines(), B.forRoot({ a: [1, 2] })] }) class A {}',
      '@Module({ imports: [...engines(), B.forRoot({ a: [1, 2] }), GrpcModule.forRoot()] }) class A {}',
    ],
    [
      'a constant',
      '@Module({ imports: LIST }) class A {}',
      '@Module({ imports: [...LIST, GrpcModule.forRoot()] }) class A {}',
    ],
    [
      'a shorthand',
      '@Module({ imports }) class A {}',
      '@Module({ imports: [...imports, GrpcModule.forRoot()] }) class A {}',
    ],
    [
      'a condition',
      '@Module({ imports: dev ? [B] : [] }) class A {}',
      '@Module({ imports: [...(dev ? [B] : []), GrpcModule.forRoot()] }) class A {}',
    ],
    [
      'an assertion',
      '@Module({ imports: [B] as const } satisfies X) class A {}',
      '@Module({ imports: [B, GrpcModule.forRoot()] as const } satisfies X) class A {}',
    ],
    [
      'metadata that is a constant',
      'const metadata = { imports: [B] };\n@Module(metadata) class A {}',
      'const metadata = { imports: [B, GrpcModule.forRoot()] };\n@Module(metadata) class A {}',
    ],
    [
      'a key in quotes',
      `@Module({ 'imports': [B] }) class A {}`,
      `@Module({ 'imports': [B, GrpcModule.forRoot()] }) class A {}`,
    ],
    [
      'other names of the decorator',
      `import { Module as M } from '@skerry/core';\n@M({ imports: [] }) class A {}`,
      `import { Module as M } from '@skerry/core';\n@M({ imports: [GrpcModule.forRoot()] }) class A {}`,
    ],
    [
      'a namespace',
      `import * as core from '@skerry/core';\n@core.Module({}) class A {}`,
      `import * as core from '@skerry/core';\n@core.Module({ imports: [GrpcModule.forRoot()] }) class A {}`,
    ],
    [
      'line breaks of Windows',
      '@Module({\r\n  imports: [\r\n    B,\r\n  ],\r\n})\r\nclass A {}\r\n',
      '@Module({\r\n  imports: [\r\n    B,\r\n    GrpcModule.forRoot(),\r\n  ],\r\n})\r\nclass A {}\r\n',
    ],
  ])('goes behind the others: %s', (_case, before, after) => {
    expect(edited(before)).toBe(after);
  });

  test('breaks a line that would be too long', () => {
    const names = Array.from({ length: 9 }, (_, index) => `Repository${index}`);
    expect(edited(`@Module({ providers: [${names.join(', ')}] })\nclass A {}`, clock)).toBe(
      `@Module({ providers: [\n${[...names, 'Clock'].map((name) => `  ${name},\n`).join('')}] })\nclass A {}`,
    );
  });

  test.each([
    ['as it is', '@Module({ imports: [GrpcModule.forRoot({ server: {} })] }) class A {}'],
    ['under a condition', '@Module({ imports: [...(on ? [GrpcModule.forRootAsync(x)] : [])] }) class A {}'],
    ['in a constant', 'const list = [GrpcModule.forRoot()];\n@Module({ imports: list }) class A {}'],
    [
      'in a constant that is spread',
      'const list = [GrpcModule.forRoot()];\n@Module({ imports: [...list, B] }) class A {}',
    ],
  ])('that is there is left alone: %s', (_case, text) => {
    expect(edited(text)).toBe(text);
  });

  test('goes to the module that is meant, of several in a file', () => {
    const text = '@Module({}) class Feature {}\n@Module({}) class AppModule {}\n';
    expect(edited(text)).toBe(
      '@Module({}) class Feature {}\n@Module({ imports: [GrpcModule.forRoot()] }) class AppModule {}\n',
    );
    expect(edited(text, grpc, 'Feature')).toContain('forRoot()] }) class Feature');
  });

  test.each([
    ['@Module({ ...base }) class A {}', 'comes from elsewhere'],
    ['@Module(metadata()) class A {}', 'the argument of @Module of A is metadata()'],
    ['class A {}', 'no class of it has @Module'],
    ['@Module({}) class A {}\n@Module({}) class B {}', 'it has A, B'],
    [`@Module({ imports: 'none' }) class A {}`, 'imports of A is no list'],
  ])('is not put where it would not work: %s', (text, why) => {
    expect(refusal(() => edited(text)).message).toContain(why);
  });

  test('a file that does not parse is refused, with the place', () => {
    const { message, fix } = refusal(() =>
      SourceFile.parse('src/app.module.ts', '@Module({\n  imports: [A B],\n})\nclass A {}'),
    );
    expect(message).toMatch(/^Cannot read src\/app\.module\.ts:2:15: .*expected/);
    expect(fix).toContain('mend the file');
  });
});

describe('whatever a module file looks like', () => {
  const comment = fc.constantFrom('', '/* a, [b] */', '// c, }\n', '\n', ' ', '\r\n', '\n// ], d\n    ');
  const element = fc.constantFrom(
    'A',
    'B.forRoot()',
    '...c()',
    '{ provide: D, useClass: E, multi: true }',
    '...(x ? [F] : [])',
    '[G][0]',
    '(H)',
  );
  const list = fc
    .tuple(fc.array(fc.tuple(comment, element, comment), { maxLength: 4 }), fc.boolean(), comment)
    .map(
      ([parts, comma, end]) =>
        `[${parts.map((part) => part.join('')).join(',')}${comma && parts.length > 0 ? ',' : ''}${end}]`,
    );
  const value = fc.oneof(
    { weight: 4, arbitrary: list },
    fc.constantFrom('LIST', 'make()', 'x ? [A] : B', '[] as never[]'),
  );
  const property = fc
    .tuple(fc.constantFrom('providers', 'imports', 'exports', `'imports'`, 'global'), comment, value, comment)
    .map(([name, before, text, after]) => `${before}${name}: ${text}${after}`);
  const metadata = fc
    .tuple(
      fc.uniqueArray(property, {
        maxLength: 3,
        selector: (text) => /\w+(?=')?/.exec(text.replace(/\/\/.*|\/\*.*?\*\//g, ''))?.[0],
      }),
      fc.boolean(),
      comment,
    )
    .map(([parts, comma, end]) => `{${parts.join(',')}${comma && parts.length > 0 ? ',' : ''}${end}}`);
  const file = fc
    .tuple(
      fc.constantFrom('', '#!/usr/bin/env node\n', `'use strict';\n`, '/** License. */\n\n', '\uFEFF'),
      fc.constantFrom(
        '',
        `import { Module } from '@skerry/core';\n`,
        `import {\n  Module, // c\n} from "@skerry/core"\n`,
        `import type { X } from './x.js';\r\n`,
      ),
      fc.constantFrom('', '// above\n', '\n\n/** Doc. */\n'),
      fc.option(metadata),
      fc.constantFrom(
        'class AppModule {}',
        'export class AppModule {}',
        'export default class AppModule {}',
        '\nexport class AppModule {}\n\n@Module() class Other {}',
      ),
      fc.constantFrom('', '\n', '\r\n', ' // end'),
    )
    .map(
      ([head, imports, above, argument, type, end]) =>
        `${head}${imports}${above}@Module(${argument ?? ''}) ${type}${end}`,
    );

  test('an edit gives a file that parses and keeps all that was there, and doing it again changes nothing', () => {
    const edit = (text: string, entry: ModuleEntry): string => {
      const { file: imported } = addImport(SourceFile.parse('app.module.ts', text), {
        name: entry.name,
        from: '@skerry/core',
      });
      return addToModule(imported, entry).text;
    };
    fc.assert(
      fc.property(file, fc.constantFrom(grpc, clock), (text, entry) => {
        const once = edit(text, entry);
        expect(edit(once, entry)).toBe(once);
        expect(SourceFile.parse('app.module.ts', once).comments).toHaveLength(
          SourceFile.parse('app.module.ts', text).comments.length,
        );
        // Nothing but blanks and commas is taken away.
        const letters = once.replace(/[\s,]/g, '');
        let at = -1;
        expect([...text.replace(/[\s,]/g, '')].every((each) => (at = letters.indexOf(each, at + 1)) >= 0)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });
});
