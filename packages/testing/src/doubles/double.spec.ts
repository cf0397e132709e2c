import { Inject, Injectable, InjectionToken, Module } from '@skerry/core';
import { TestApp } from '../index.js';

interface Receipt {
  readonly id: string;
}
abstract class Payments {
  abstract readonly currency: string;
  abstract charge(cents: number): Promise<Receipt>;
}
@Injectable()
class Mailer {
  sent = 0;
  async send(to: string): Promise<string> {
    this.sent++;
    return to;
  }
  async *inbox(): AsyncGenerator<string> {
    yield 'real';
  }
  count(): number {
    return this.sent;
  }
}
const LIMITS = new InjectionToken<{ max(sku: string): number }>('LIMITS');

@Injectable()
class Till {
  constructor(
    readonly payments: Payments,
    readonly mailer: Mailer,
    @Inject(LIMITS) readonly limits: { max(sku: string): number },
  ) {}

  async pay(cents: number): Promise<string> {
    const receipt = await this.payments.charge(cents);
    await this.mailer.send('ada@test');
    return receipt.id;
  }
}
@Module({ providers: [Till, Mailer] })
class TillModule {}

describe('an automatic double', () => {
  test('takes the place of what nothing provides, records its calls, and answers as it is told', async () => {
    const app = await TestApp.create(TillModule).doubleMissing().start();
    app.double(Payments).charge.returns({ id: 'R1' });
    app.double(LIMITS).max.returns(3, 4);
    const till = app.get(Till);
    await expect(till.pay(250)).resolves.toBe('R1');
    expect(app.double(Payments).charge.calls).toEqual([[250]]);
    expect([till.limits.max('a'), till.limits.max('b'), till.limits.max('c')]).toEqual([3, 4, 4]);
    // What is provided stays as it is.
    expect(till.mailer.count()).toBe(1);
    await app.close();
  });

  test('takes the place of what is named, provided or not', async () => {
    const app = await TestApp.create(TillModule)
      .double(Payments, { currency: 'EUR' })
      .double(Mailer)
      .double(LIMITS)
      .start();
    const till = app.get(Till);
    expect(till.payments.currency).toBe('EUR');
    expect(till.mailer).toBeInstanceOf(Mailer);
    app.double(Payments).charge.resolves({ id: 'R2' });
    await expect(till.pay(1)).resolves.toBe('R2');
    expect(app.double(Mailer).send.calls).toEqual([['ada@test']]);
    expect(till.mailer.count()).toBeUndefined();
    await app.close();
  });

  test('answers in the form of the method, where the class shows that', async () => {
    const app = await TestApp.create(TillModule).doubleMissing().double(Mailer).start();
    const { mailer } = app.get(Till);
    expect(mailer.send('a')).toBeInstanceOf(Promise);
    const items: string[] = [];
    for await (const each of mailer.inbox()) items.push(each);
    expect(items).toEqual([]);
    app.double(Mailer).inbox.yields('one', 'two');
    for await (const each of mailer.inbox()) items.push(each);
    expect(items).toEqual(['one', 'two']);
    app.double(Mailer).send.rejects(new Error('no mail today'));
    await expect(mailer.send('b')).rejects.toThrow('no mail today');
    app.double(Mailer).count.throws(new Error('uncounted'));
    expect(() => mailer.count()).toThrow('uncounted');
    app.double(Mailer).send.reset();
    expect(app.double(Mailer).send.calls).toEqual([]);
    await expect(mailer.send('c')).resolves.toBeUndefined();
    await app.close();
  });

  test('is no promise, has no hooks, and can be compared and logged', async () => {
    const app = await TestApp.create(TillModule).doubleMissing().start();
    const { payments } = app.get(Till);
    await expect(Promise.resolve(payments)).resolves.toBe(payments);
    expect(JSON.stringify({ payments })).toBe('{"payments":{}}');
    expect(payments).toEqual(payments);
    await expect(app.close()).resolves.toBeUndefined();
  });

  test('that was not asked for is an error, with what is near', async () => {
    abstract class Payment {}
    const app = await TestApp.create(TillModule).doubleMissing().start();
    expect(() => app.double(Payment)).toThrow(/Payment: it is not doubled.*Did you mean Payments\?/);
    await app.close();
  });

  test('of a token that nobody needs is an unused override', async () => {
    abstract class Paymants {}
    const starting = TestApp.create(TillModule).doubleMissing().double(Paymants).start();
    await expect(starting).rejects.toMatchObject({ problems: [{ code: 'SKERRY_DI_UNUSED_OVERRIDE' }] });
  });

  test('hides no mistake of the wiring', async () => {
    @Module({ providers: [{ provide: Payments, useValue: {} }] })
    class HiddenModule {}
    @Module({ imports: [HiddenModule], providers: [Till, Mailer] })
    class WrongModule {}
    const starting = TestApp.create(WrongModule).doubleMissing().start();
    await expect(starting).rejects.toMatchObject({ problems: [{ code: 'SKERRY_DI_NOT_EXPORTED' }] });
  });

  test('is not made of what is no class', async () => {
    @Injectable()
    class Wants {
      constructor(readonly text: string) {}
    }
    @Module({ providers: [Wants] })
    class WantsModule {}
    await expect(TestApp.create(WantsModule).doubleMissing().start()).rejects.toMatchObject({
      code: 'SKERRY_GRAPH_INVALID',
    });
  });
});
