import { execFileSync } from 'node:child_process';
import { callLine } from './call-line.js';

const handler = { name: 'hello', kind: 'unary', idempotent: true, readOnly: false } as const;

test('needs no message for a handler that takes none', () => {
  expect(callLine('greeter', handler)).toBe('skerry call greeter.hello');
});

test('is read by a shell as it is meant', () => {
  const said = `Ada's "$HOME" \\ and \`ls\``;
  const line = callLine('greeter', { ...handler, request: { const: { said } } });
  const words = execFileSync('sh', ['-c', `printf '%s\\n' ${line}`], { encoding: 'utf8' })
    .trimEnd()
    .split('\n');
  expect(words).toEqual(['skerry', 'call', 'greeter.hello', JSON.stringify({ said })]);
});
