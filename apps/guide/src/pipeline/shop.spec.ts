import { SkerryError, type Client } from '@skerry/core';
import { ManualClock, TestApp, TestNetwork } from '@skerry/testing';
import { RefundsModule, type Refunds } from './shop.js';

const clerk = { metadata: { role: 'clerk' } };

describe('what stands before a handler', () => {
  let clock: ManualClock;
  let app: TestApp;
  let refunds: Client<Refunds>;

  beforeEach(async () => {
    clock = new ManualClock();
    app = await TestApp.create(RefundsModule, { network: new TestNetwork(clock) }).start();
    refunds = app.client<Refunds>('refunds');
  });

  afterEach(() => app.close());

  const timed = (): string[] => app.logs.map(({ message }) => message).filter((line) => line.startsWith('refunds.'));

  test('lets guards decide, before interceptors run', async () => {
    await expect(refunds.refund({ orderId: '7' }, clerk)).resolves.toBe('refunded 7');
    expect(timed()).toEqual(['refunds.refund']);
    const guest = refunds.refund({ orderId: '7' }, { metadata: { role: 'guest' } });
    await expect(guest).rejects.toMatchObject({ code: 'SKERRY_RPC_DENIED', details: { guard: 'ClerksOnly' } });
    await expect(refunds.refund({ orderId: '7' })).rejects.toMatchObject({ code: 'ROLE_MISSING' });
    expect(timed()).toHaveLength(1);
  });

  test('checks messages before guards see them', async () => {
    const wrong = refunds.refund({ orderId: 7 as unknown as string });
    await expect(wrong).rejects.toMatchObject({ code: 'SKERRY_VALIDATION_FAILED' });
  });

  test('maps errors to what callers shall see', async () => {
    const refund = refunds.refund({ orderId: 'none' }, clerk);
    await expect(refund).rejects.toMatchObject({
      code: 'NO_SUCH_ORDER',
      status: 'NOT_FOUND',
      message: 'order none does not exist',
    });
    expect(timed()).toEqual(['refunds.refund']);
  });

  test('bounds what runs at once and what waits, and refuses the rest', async () => {
    const reports = ['1', '2', '3', '4', '5', '6'].map((orderId) => refunds.report({ orderId }, clerk));
    await clock.settle();
    const seventh = refunds.report({ orderId: '7' }, { ...clerk, retries: 0 }).catch((error: unknown) => error);
    await clock.settle();
    const error = (await seventh) as SkerryError;
    expect(error).toMatchObject({ code: 'SKERRY_RPC_OVERLOADED', status: 'RESOURCE_EXHAUSTED', retryable: true });
    // Without `retries: 0` it comes back a little later, and is taken when there is room.
    const patient = refunds.report({ orderId: '8' }, clerk);
    await clock.advance(4_500);
    await expect(Promise.all([...reports, patient])).resolves.toHaveLength(7);
    expect(app.events.filter(({ type }) => type === 'shedding')).toHaveLength(1);
  });
});
