import { UsageError } from '../../usage-error.js';
import { addImport, type Wanted } from './add-import.js';
import { SourceFile } from './source-file.js';

const value: Wanted = { name: 'Broker', from: '@skerry/core' };
const type: Wanted = { ...value, type: true };
const own: Wanted = { name: 'Orders', from: './orders.service.js' };

function edited(text: string, wanted: Wanted): string {
  const once = addImport(SourceFile.parse('a.ts', text), wanted).file;
  expect(addImport(once, wanted).file.text).toBe(once.text);
  return once.text;
}

test.each<[string, string, Wanted, string]>([
  ['nothing', '', value, `import { Broker } from '@skerry/core';\n`],
  ['no import', 'const a = 1;\n', value, `import { Broker } from '@skerry/core';\n\nconst a = 1;\n`],
  [
    'a comment of the first class',
    '/** Doc. */\n@A() class B {}\n',
    value,
    `import { Broker } from '@skerry/core';\n\n/** Doc. */\n@A() class B {}\n`,
  ],
  [
    'a license',
    '// License.\n\nclass B {}\n',
    value,
    `// License.\n\nimport { Broker } from '@skerry/core';\n\nclass B {}\n`,
  ],
  [
    'a #! line',
    '#!/usr/bin/env node\nrun();\n',
    value,
    `#!/usr/bin/env node\nimport { Broker } from '@skerry/core';\n\nrun();\n`,
  ],
  ['the same package', `import { A } from '@skerry/core';\n`, value, `import { A, Broker } from '@skerry/core';\n`],
  [
    'names in order',
    `import { A, C, type Client } from '@skerry/core';\n`,
    value,
    `import { A, Broker, C, type Client } from '@skerry/core';\n`,
  ],
  [
    'types behind values',
    `import { C, type Client } from '@skerry/core';\n`,
    { ...value, name: 'Zone' },
    `import { C, Zone, type Client } from '@skerry/core';\n`,
  ],
  [
    'a type beside values',
    `import { A } from '@skerry/core';\n`,
    type,
    `import { A, type Broker } from '@skerry/core';\n`,
  ],
  [
    'a type beside types',
    `import type { A } from '@skerry/core';\n`,
    type,
    `import type { A, Broker } from '@skerry/core';\n`,
  ],
  [
    'a value beside types',
    `import type { A } from '@skerry/core';\n`,
    value,
    `import type { A } from '@skerry/core';\nimport { Broker } from '@skerry/core';\n`,
  ],
  [
    'a value that is a type as yet',
    `import { type Broker, A } from '@skerry/core';\n`,
    value,
    `import { Broker, A } from '@skerry/core';\n`,
  ],
  [
    'values out of types',
    `import type { A, Broker } from '@skerry/core';\n`,
    value,
    `import { type A, Broker } from '@skerry/core';\n`,
  ],
  ['a default', `import core from '@skerry/core';\n`, value, `import core, { Broker } from '@skerry/core';\n`],
  [
    'a namespace',
    `import * as core from '@skerry/core';\n`,
    value,
    `import * as core from '@skerry/core';\nimport { Broker } from '@skerry/core';\n`,
  ],
  [
    'an import for its effects',
    `import '@skerry/core';\n`,
    value,
    `import '@skerry/core';\nimport { Broker } from '@skerry/core';\n`,
  ],
  ['no names', `import {} from '@skerry/core';\n`, value, `import { Broker } from '@skerry/core';\n`],
  [
    'lines',
    `import {\n  A, // first\n} from "@skerry/core"\n`,
    value,
    `import {\n  A, // first\n  Broker,\n} from "@skerry/core"\n`,
  ],
  [
    'quotes, no semicolons',
    `import a from "a" // why\nimport b from "./b.js"\n`,
    value,
    `import a from "a" // why\nimport { Broker } from "@skerry/core"\nimport b from "./b.js"\n`,
  ],
  [
    "a file of one's own",
    `import a from 'a';\nimport b from './b.js';\nx();\n`,
    own,
    `import a from 'a';\nimport b from './b.js';\nimport { Orders } from './orders.service.js';\nx();\n`,
  ],
  [
    'line breaks of Windows',
    `import a from 'a';\r\nx();\r\n`,
    own,
    `import a from 'a';\r\nimport { Orders } from './orders.service.js';\r\nx();\r\n`,
  ],
])('is added to %s', (_case, before, wanted, after) => {
  expect(edited(before, wanted)).toBe(after);
});

test('a name that was imported as another one is called that', () => {
  const { file, local } = addImport(SourceFile.parse('a.ts', `import { Broker as B } from '@skerry/core';\n`), value);
  expect([local, file.text]).toEqual(['B', `import { Broker as B } from '@skerry/core';\n`]);
});

test.each([
  'class Broker {}',
  `import { Broker } from './mine.js';`,
  'export const Broker = 1;',
  `import Broker from 'b';`,
])('a name that means something else is an error: %s', (text) => {
  expect(() => edited(`// first\n${text}\n`, value)).toThrow(UsageError);
  expect(() => edited(`// first\n${text}\n`, value)).toThrow('means something else already (a.ts:2)');
});
