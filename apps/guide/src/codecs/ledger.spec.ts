import { Codecs } from '@skerry/core';
import { MsgpackCodec } from '@skerry/msgpack';
import { TestApp } from '@skerry/testing';
import { Entry, LedgerModule, OlderLedgerModule, type Ledger } from './ledger.js';

const entry = (): Entry =>
  Object.assign(new Entry(), {
    ...{ account: 'A1', at: new Date('2026-01-02T03:04:05.678Z'), cents: 9_007_199_254_740_993n },
    receipt: Uint8Array.of(1, 2, 3),
  });

describe.each([
  ['in JSON', OlderLedgerModule, 'json'],
  ['in MessagePack', LedgerModule, 'msgpack'],
])('%s', (_how, module, preferred) => {
  let app: TestApp;
  beforeAll(async () => (app = await TestApp.create(module).start()));
  afterAll(() => app.close());

  test('dates, large numbers and bytes arrive as what they are, both ways', async () => {
    expect(app.get(Codecs).preferred.name).toBe(preferred);
    await expect(app.client<Ledger>('ledger').book(entry())).resolves.toStrictEqual({ ...entry() });
  });

  test('a date that is none is refused by its rule', async () => {
    const wrong = { ...entry(), at: 'yesterday' as unknown as Date };
    await expect(app.client<Ledger>('ledger').book(wrong)).rejects.toMatchObject({ code: 'SKERRY_VALIDATION_FAILED' });
  });
});

test('MessagePack is smaller', () => {
  const bytes = new MsgpackCodec().encode(entry());
  expect(bytes.length).toBeLessThan(60);
});
