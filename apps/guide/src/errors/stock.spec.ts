import { SkerryError, ValidationError, type Client } from '@skerry/core';
import { TestApp, TestNetwork } from '@skerry/testing';
import { OutOfStock } from './out-of-stock.js';
import { ShopModule, StockModule, type Shop, type Stock } from './stock.js';

describe('errors', () => {
  const network = new TestNetwork();
  let stock: TestApp;
  let stockClient: Client<Stock>;
  let shop: Client<Shop>;

  beforeAll(async () => {
    stock = await TestApp.create(StockModule, { network }).start();
    const app = await TestApp.create(ShopModule, { network }).start();
    stockClient = app.client<Stock>('stock');
    shop = app.client<Shop>('shop');
  });

  afterAll(() => network.close());

  async function caught(call: Promise<unknown>): Promise<SkerryError> {
    const error = await call.catch((thrown: unknown) => thrown);
    if (!SkerryError.is(error)) throw new Error(`it gave ${String(error)}`);
    return error;
  }

  test('are caught by their class where the client names it', async () => {
    await expect(shop.buy({ sku: 'A1', count: 4 })).resolves.toBe('only 3 are left');
    await expect(shop.buy({ sku: 'A1', count: 1 })).resolves.toBe('sold');
  });

  test('have their code, status and details at every caller, and say where they came from', async () => {
    const error = await caught(shop.buy({ sku: 'C3', count: 1 }));
    expect(error).not.toBeInstanceOf(OutOfStock);
    expect(error).toMatchObject({
      code: 'OUT_OF_STOCK',
      status: 'FAILED_PRECONDITION',
      message: '0 of C3 are left',
      details: { sku: 'C3', left: 0 },
      retryable: false,
      origin: { service: 'stock' },
    });
    expect(error.traceId).toMatch(/^[0-9a-f]{32}$/);
  });

  test('tell every wrong field', async () => {
    const error = (await caught(shop.buy({ sku: 'A1', count: 0.5 }))) as ValidationError;
    expect(error).toBeInstanceOf(ValidationError);
    expect(error.fields).toEqual([{ path: 'count', messages: expect.arrayContaining([expect.any(String)]) }]);
  });

  test('show nothing that was not meant to be shown, and all of it in the log, under one trace', async () => {
    const error = await caught(stockClient.recount());
    expect(error).toMatchObject({ code: 'SKERRY_RPC_INTERNAL', status: 'INTERNAL', retryable: false });
    expect(JSON.stringify(error)).not.toContain('hunter2');
    const line = stock.logs.find(({ level }) => level === 'error');
    expect(line).toMatchObject({
      message: 'stock.recount failed unexpectedly',
      fields: { traceId: error.traceId, error: expect.objectContaining({ message: expect.stringMatching(/hunter2/) }) },
    });
  });
});
