import { eventually, withRandom } from '@skerry-private/test-kit';
import { calculating } from './fixtures/calculator.js';
import { JsonRpcSession } from './json-rpc-session.js';

/** All that is promised, or what every run has time for. */
const total = process.env['SKERRY_FULL_FAULTS'] === '1' ? 100_000 : 5_000;

const seeds = [
  '{"jsonrpc":"2.0","method":"subtract","params":{"subtrahend":23,"minuend":42},"id":3}',
  '{"jsonrpc":"2.0","method":"calculator.sum","params":[1,2,4],"id":"a"}',
  '{"method":"subtract","params":[{"minuend":1,"subtrahend":2}],"id":7}',
  '{"jsonrpc":"2.0","method":"foobar","params":["\\u00fc",null,true,1e9],"id":null}',
  '{"jsonrpc":"2.0","method":"update","params":[1,2,3,4,5]}',
  '[{"jsonrpc":"2.0","method":"get_data","id":"9"},{"foo":"boo"},{"jsonrpc":"2.0","method":"sum","params":[7],"id":1}]',
].map((each) => Buffer.from(each));

/** What grammars of JSON are made of, so that mutations get past its parser. */
const pieces = [
  '"',
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  'null',
  '-1',
  '1e999',
  '"__proto__"',
  '"id"',
  '"params"',
  '[[[[',
  '\\ud800',
];

const values: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 53,
  '',
  'x',
  [],
  {},
  [[]],
  { id: 1 },
  '2.0',
  '1.0',
  'subtract',
];

/** Puts another value somewhere into what is JSON, and leaves it JSON. */
function changed(value: unknown, random: () => number): unknown {
  const other = values[Math.floor(random() * values.length)];
  if (typeof value !== 'object' || value === null || random() < 0.1) return other;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as Record<string, unknown>;
  const keys = Object.keys(copy);
  const key = keys[Math.floor(random() * keys.length)];
  if (key === undefined) return other;
  if (random() < 0.1) delete copy[key];
  else copy[key] = changed(copy[key], random);
  return copy;
}

function mutated(random: () => number): Buffer {
  const seed = seeds[Math.floor(random() * seeds.length)]!;
  if (random() < 0.6) return Buffer.from(JSON.stringify(changed(JSON.parse(seed.toString()), random)));
  let text = seed;
  const changes = 1 + Math.floor(random() * 3);
  for (let change = 0; change < changes; change++) {
    const at = Math.floor(random() * text.length);
    const kind = random();
    if (kind < 0.4) {
      text = Buffer.from(text);
      text[at] = random() < 0.5 ? 32 + Math.floor(random() * 95) : Math.floor(random() * 256);
    } else if (kind < 0.7) {
      const piece = Buffer.from(pieces[Math.floor(random() * pieces.length)]!);
      text = Buffer.concat([text.subarray(0, at), piece, text.subarray(at + Math.floor(random() * 4))]);
    } else if (kind < 0.85) {
      text = text.subarray(0, at);
    } else {
      const other = seeds[Math.floor(random() * seeds.length)]!;
      text = Buffer.concat([text.subarray(0, at), other.subarray(Math.floor(random() * other.length))]);
    }
  }
  return text;
}

/** Of an answer: `result`, or the code of its error. Throws where it is no answer at all. */
function outcomeOf(answer: unknown): string {
  const { id, result, error } = answer as { id: unknown; result?: unknown; error?: { code?: number } | string | null };
  if (id !== null && typeof id !== 'string' && typeof id !== 'number') throw new Error('it has no id');
  if (error === undefined || error === null) return result === undefined ? 'nothing' : 'result';
  return typeof error === 'string' ? error.split(':')[0]! : String(error.code);
}

test(`${total} mutated texts are each answered as JSON-RPC says, or not at all, and nothing stays`, async () => {
  const { host } = calculating();
  const session = new JsonRpcSession(host);
  const outcomes: Record<string, number> = {};
  await withRandom(async (random) => {
    let open = 0;
    const before = process.memoryUsage().heapUsed;
    for (let at = 0; at < total; at++) {
      const text = mutated(random);
      open++;
      session.take(text, { timeoutMs: 5_000 }, (answer) => {
        open--;
        const value = answer && (JSON.parse(answer.toString()) as unknown);
        for (const each of Array.isArray(value) ? (value as unknown[]) : [value]) {
          const outcome = each === undefined ? 'not answered' : outcomeOf(each);
          outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
        }
      });
      if (at % 100 === 0) await eventually(() => expect(open).toBe(0));
    }
    await eventually(() => expect(open).toBe(0));
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100_000_000);
  });
  session.close();
  process.stdout.write(`${total} texts to JSON-RPC: ${JSON.stringify(outcomes)}\n`);
  // Otherwise nothing was reached.
  expect(Object.keys(outcomes)).toEqual(
    expect.arrayContaining(['result', 'not answered', '-32700', '-32600', '-32601', '-32602']),
  );
  expect(outcomes['-32603'] ?? 0).toBe(0);
}, 600_000);
