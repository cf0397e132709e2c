import { execFileSync } from 'node:child_process';
import { callLine } from './call-line.js';

const handler = { name: 'hello', kind: 'unary', idempotent: true, readOnly: false } as const;

test('needs no message for a handler that takes none', () => {
  expect(callLine('greeter', handler)).toBe('skerry call greeter.hello');
});

test.each(['client-stream', 'bidirectional'] as const)('feeds a %s from standard input', (kind) => {
  const request = { type: 'object', properties: { value: { type: 'integer' } }, required: ['value'] };
  expect(callLine('math', { ...handler, name: 'sum', kind, request })).toBe(
    `echo '{"value":1}' | skerry call math.sum -`,
  );
});

test('feeds a backslash as it is: the echo of some shells would take it for its own', () => {
  const said = 'a\\nb';
  const line = callLine('math', { ...handler, kind: 'client-stream', request: { const: { said } } });
  const fed = execFileSync('sh', ['-c', line.replace(/\| .*/, '')], { encoding: 'utf8' });
  expect(JSON.parse(fed)).toEqual({ said });
});

test('is read by a shell as it is meant', () => {
  const said = `Ada's "$HOME" \\ and \`ls\``;
  const line = callLine('greeter', { ...handler, request: { const: { said } } });
  const words = execFileSync('sh', ['-c', `printf '%s\\n' ${line}`], { encoding: 'utf8' })
    .trimEnd()
    .split('\n');
  expect(words).toEqual(['skerry', 'call', 'greeter.hello', JSON.stringify({ said })]);
});
