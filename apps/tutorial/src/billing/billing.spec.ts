import { Broker, type Client } from '@skerry/core';
import { eventually } from '@skerry-private/test-kit';
import { ManualClock, TestApp, TestNetwork } from '@skerry/testing';
import { BillingModule } from './app.module.js';
import { CardIssuer } from './card-issuer.js';
import type { Returns } from './returns.service.js';

// #region test
describe('a ride that has ended', () => {
  let clock: ManualClock;
  let app: TestApp;
  let returns: Client<Returns>;
  let charged: string[];
  let answers: (() => Promise<'charged' | 'no card'>)[];

  beforeEach(async () => {
    [charged, answers] = [[], []];
    const charge = (rider: string, cents: number) => {
      charged.push(`${rider} ${cents}`);
      return answers.shift()?.() ?? Promise.resolve('charged' as const);
    };
    clock = new ManualClock();
    app = await TestApp.create(BillingModule, { network: new TestNetwork(clock) })
      .override(CardIssuer)
      .useValue({ charge })
      .start();
    returns = app.client<Returns>('returns');
  });

  afterEach(async () => {
    const closing = app.close();
    await clock.advance(60_000);
    await closing;
  });

  /** Lets time pass until something has happened. */
  const until = (check: () => void | Promise<void>): Promise<void> =>
    eventually(async () => {
      await clock.advance(100);
      await check();
    });

  test('is charged once, however often it is told', async () => {
    const ride = { ride: 'Ada-1', rider: 'Ada', minutes: 12 };
    for (let time = 0; time < 3; time++) await returns.end(ride);
    await returns.end({ ride: 'Bob-1', rider: 'Bob', minutes: 0 });
    await until(() => expect([...charged].sort()).toEqual(['Ada 220', 'Bob 100']));
  });

  test('is charged again after a failure', async () => {
    answers = [() => Promise.reject(new Error('the bank is closed'))];
    await returns.end({ ride: 'Ada-1', rider: 'Ada', minutes: 12 });
    await until(() => expect(charged).toEqual(['Ada 220', 'Ada 220']));
  });

  test('is kept aside when it will never be charged', async () => {
    answers = [() => Promise.resolve('no card')];
    await returns.end({ ride: 'Bob-1', rider: 'Bob', minutes: 12 });
    const broker = app.get(Broker);
    await until(async () => expect(await broker.deadLetters('billing.rides.ended')).toHaveLength(1));
    const [letter] = await broker.deadLetters('billing.rides.ended');
    expect(letter!.failure).toMatchObject({ message: 'Bob has no card' });
  });
});
// #endregion test
