import type { BrokerMessage, DriverDelivery, SubscriptionRequest } from '../broker/driver.js';
import { Inlet } from './inlet.js';

const never = new AbortController().signal;
const request = { topic: 't', queue: 'q', prefetch: 2, deadLetter: true } as SubscriptionRequest;
const failure = { code: 'X', message: 'x', service: 's', node: 'n', attempt: 1, failedAt: 0 };

describe('an inlet', () => {
  let deliveries: DriverDelivery[];
  let inlet: Inlet;
  let gone: (() => void)[];

  const caller = { onCancel: (listener: () => void) => (gone.push(listener), () => undefined) };
  const take = (id: string): ReturnType<Inlet['take']> => inlet.take({ id } as BrokerMessage, 1, caller as never);

  beforeEach(() => {
    [deliveries, gone] = [[], []];
    const sink = { delivered: (each: DriverDelivery) => void deliveries.push(each), lost: () => undefined };
    inlet = new Inlet('n1', request, sink, () => undefined);
  });

  test('takes as much as its subscription does, from however many publishers', async () => {
    const first = take('a');
    void take('b');
    expect(take('c')).toEqual({ outcome: 'busy' });
    await deliveries[0]!.ack(never);
    expect(await first).toEqual({ outcome: 'ack' });
    void take('c');
    expect(deliveries.map(({ message }) => message.id)).toEqual(['a', 'b', 'c']);
  });

  test('answers what the subscriber says, once', async () => {
    const answer = take('a');
    await deliveries[0]!.deadLetter(failure, never);
    expect(await answer).toEqual({ outcome: 'dead-letter', keep: true, failure });
    await expect(deliveries[0]!.ack(never)).rejects.toThrow('settled already');
  });

  test('keeps what a publisher that has gone had brought, until the subscriber is done with it', async () => {
    void take('a');
    void take('b');
    gone[0]!();
    expect(take('c')).toEqual({ outcome: 'busy' });
    await expect(deliveries[0]!.ack(never)).rejects.toThrow('will deliver it again');
    void take('c');
    expect(deliveries).toHaveLength(3);
  });

  test('gives back what is unsettled when it closes, and takes no more', async () => {
    const answer = take('a');
    inlet.close();
    expect(await answer).toEqual({ outcome: 'release' });
    expect(take('b')).toEqual({ outcome: 'gone' });
    await expect(deliveries[0]!.ack(never)).rejects.toThrow('has ended');
  });
});
