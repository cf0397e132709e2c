import { ManualClock } from '../clock/manual-clock.js';
import { acknowledges, Consumer, keeps, never, type Reaction } from './conformance/consumer.js';
import type { BrokerMessage, Failure, SubscriptionRequest } from './driver.js';
import { MemoryBrokerEngine } from './memory-engine.js';
import { MemoryBrokerDriver } from './memory.js';

const failure: Failure = { code: 'X', message: 'x', service: 's', node: 'n', attempt: 1, failedAt: 0 };

/** One engine with two drivers, and what a test needs of them. */
function stage(maxQueuedBytes?: number) {
  const clock = new ManualClock();
  const engine = new MemoryBrokerEngine(clock, { maxQueuedBytes });
  const [driver, other] = [new MemoryBrokerDriver(engine), new MemoryBrokerDriver(engine)];
  const message = (id: string, change: Partial<BrokerMessage> = {}): BrokerMessage => ({
    id,
    topic: 't',
    body: new Uint8Array(100),
    contentType: 'application/json',
    headers: {},
    publishedAt: 0,
    persistent: true,
    ...change,
  });
  const consume = async (change: Partial<SubscriptionRequest> = {}, react: Reaction = acknowledges) => {
    const consumer = new Consumer(() => clock.now(), react);
    const rest = { broadcast: false, prefetch: 10, ordered: false, deadLetter: true, from: 'now' } as const;
    consumer.subscription = await driver.subscribe({ topic: 't', queue: 'q', ...rest, ...change }, consumer, never);
    return consumer;
  };
  const publish = (...messages: BrokerMessage[]) => other.publish(messages, never);
  return { clock, engine, driver, other, message, consume, publish };
}

describe('what the memory broker holds', () => {
  test('refuses all of a call that is too much, and takes more when some has gone', async () => {
    const { clock, engine, message, consume, publish } = stage(1_000);
    const consumer = await consume({ prefetch: 1 }, keeps);
    await publish(message('a'), message('b'));
    const held = engine.queuedBytes;
    expect(held).toBeGreaterThan(600);
    await expect(publish(message('c', { body: new Uint8Array(0) }), message('d'))).rejects.toThrow('at most 1000');
    expect(engine.queuedBytes).toBe(held);
    await clock.settle();
    await consumer.at(0).ack(never);
    await publish(message('e'));
    await clock.settle();
    await consumer.at(1).ack(never);
    await clock.settle();
    expect(consumer.ids).toEqual(['a', 'b', 'e']);
  });

  test('counts a message for each of its queues, and nothing for nowhere', async () => {
    const { engine, message, consume, publish } = stage();
    await publish(message('a'));
    expect(engine.queuedBytes).toBe(0);
    await consume({ queue: 'one', prefetch: 1 }, keeps);
    await publish(message('b'));
    const once = engine.queuedBytes;
    await consume({ queue: 'two', prefetch: 1 }, keeps);
    await publish(message('c'));
    expect(engine.queuedBytes).toBe(3 * once);
  });

  test('nothing, and no timer, once all is handled, over, dropped or gone with a broadcast', async () => {
    const { clock, engine, driver, message, consume, publish } = stage();
    const handles: Reaction = (delivery, { deliveries }) =>
      deliveries.length % 2 === 0 ? delivery.retry(50, failure, never) : delivery.ack(never);
    await consume({ queue: 'plain' }, handles);
    await consume({ queue: 'ordered', ordered: true }, handles);
    await consume({ queue: 'aside' }, (delivery) => delivery.deadLetter(failure, never));
    await consume({ queue: 'stuck', prefetch: 1 }, (delivery) => clock.sleep(1_000).then(() => delivery.ack(never)));
    const left = await consume({ queue: 'left', broadcast: true, prefetch: 1 }, keeps);
    for (let i = 0; i < 20; i++)
      await publish(message(`m${i}`, { key: `k${i % 3}`, expireMs: 100 + i, ...(i % 4 ? {} : { delayMs: 40 }) }));
    await left.subscription.close();
    await clock.advance(60_000);
    for (const { id } of await driver.deadLetters!.list('aside', 100, never))
      await driver.deadLetters!.take('aside', id, 'drop', never);
    expect(engine.queuedBytes).toBe(0);
    expect(clock.pendingTimers).toBe(0);
    expect([...engine.queues.values()].map(({ waiting }) => waiting)).toEqual([0, 0, 0, 0]);
  });

  test('nothing of what expired, though nobody came for it', async () => {
    const { clock, engine, message, consume, publish } = stage();
    const { subscription } = await consume();
    await subscription.close();
    await publish(message('a', { expireMs: 100 }), message('b', { expireMs: 100, delayMs: 200 }));
    await clock.advance(100);
    expect(engine.queuedBytes).toBe(0);
    expect(engine.queues.get('q')?.waiting).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });

  test('the last 1,000 dead letters of a queue, and no bytes of the others', async () => {
    const { clock, engine, driver, message, consume, publish } = stage();
    await consume({}, (delivery) => delivery.deadLetter(failure, never));
    await publish(...Array.from({ length: 1_000 }, (_, i) => message(`m${1_000 + i}`)));
    await clock.settle();
    const held = engine.queuedBytes;
    await publish(...Array.from({ length: 5 }, (_, i) => message(`m${2_000 + i}`)));
    await clock.settle();
    expect(engine.queuedBytes).toBe(held);
    const [oldest] = await driver.deadLetters!.list('q', 1, never);
    expect(oldest?.message.id).toBe('m1005');
    expect(await driver.deadLetters!.queues(never)).toEqual([{ queue: 'q', count: 1_000 }]);
  });

  test('the last 1,000 messages for queues that begin with the past', async () => {
    const { clock, message, consume, publish } = stage();
    await publish(...Array.from({ length: 1_003 }, (_, i) => message(`m${i}`)));
    await publish(message('over', { expireMs: 10 }));
    await clock.advance(10);
    const consumer = await consume({ from: 'earliest' });
    await clock.settle();
    expect(consumer.ids).toHaveLength(999);
    expect(consumer.ids[0]).toBe('m4');
  });

  test('copies: neither side of it sees what the other does', async () => {
    const { clock, message, consume, publish } = stage();
    const consumer = await consume({}, keeps);
    const headers: Record<string, string> = { a: 'b' };
    const original = message('a', { body: Buffer.from('as it was'), headers });
    await publish(original);
    original.body.fill(0);
    headers['a'] = 'changed';
    await clock.settle();
    consumer.at(0).message.body.fill(1);
    expect(() => Object.assign(consumer.at(0).message.headers, { a: 'c' })).toThrow(TypeError);
    await consumer.at(0).retry(0, failure, never);
    await clock.settle();
    expect(Buffer.from(consumer.at(1).message.body).toString()).toBe('as it was');
    expect(consumer.at(1).message.headers).toEqual({ a: 'b' });
  });
});

describe('how the memory broker can be hurt', () => {
  test('stopped, it refuses and breaks its subscriptions, and has lost nothing when it is back', async () => {
    const { clock, engine, message, consume, publish } = stage();
    const lost = await consume({}, keeps);
    await publish(message('a'));
    await clock.settle();
    engine.stop(new Error('no route to host'));
    expect(lost.losses).toBe(1);
    await expect(publish(message('b'))).rejects.toThrow('no route to host');
    await expect(consume()).rejects.toThrow('no route to host');
    await expect(lost.at(0).ack(never)).rejects.toThrow('no route to host');
    engine.resume();
    await expect(lost.at(0).ack(never)).rejects.toThrow('its subscription has ended');
    const again = await consume();
    await publish(message('c'));
    await clock.settle();
    expect(again.ids).toEqual(['a', 'c']);
    expect(again.attempts).toEqual([2, 1]);
  });

  test('frozen, it answers and hands over when it thaws', async () => {
    const { clock, engine, message, consume, publish } = stage();
    const consumer = await consume();
    engine.freeze();
    const published = publish(message('a'));
    await clock.advance(60_000);
    expect(consumer.deliveries).toEqual([]);
    engine.resume();
    expect(await published).toEqual(['routed']);
    await clock.settle();
    expect(consumer.ids).toEqual(['a']);
  });

  test('stopped while it is frozen, it refuses whoever waits', async () => {
    const { engine, message, publish } = stage();
    engine.freeze();
    const published = publish(message('a'));
    engine.stop();
    await expect(published).rejects.toThrow('the engine is stopped');
  });

  test('told to deliver twice, it does, and counts', async () => {
    const { clock, engine, message, consume, publish } = stage();
    const consumer = await consume();
    engine.deliverTwice();
    await publish(message('a'), message('b'));
    await clock.settle();
    expect([...consumer.ids].sort()).toEqual(['a', 'a', 'b', 'b']);
    expect(consumer.attempts.sort()).toEqual([1, 1, 2, 2]);
    engine.deliverTwice(false);
    await publish(message('c'));
    await clock.settle();
    expect(consumer.ids.filter((id) => id === 'c')).toHaveLength(1);
    expect(engine.queuedBytes).toBe(0);
  });
});

describe('the queues of the memory broker', () => {
  test('hand over in turn', async () => {
    const { clock, message, consume, publish } = stage();
    const consumers = [await consume(), await consume(), await consume()];
    await publish(...Array.from({ length: 9 }, (_, i) => message(`m${i}`)));
    await clock.settle();
    expect(consumers.map(({ ids }) => ids)).toEqual([
      ['m0', 'm3', 'm6'],
      ['m1', 'm4', 'm7'],
      ['m2', 'm5', 'm8'],
    ]);
  });

  test('take back to its place what was not settled, and put at the end what is retried', async () => {
    const { clock, message, consume, publish } = stage();
    const first = await consume({ prefetch: 3 }, keeps);
    await publish(...['a', 'b', 'c', 'd'].map((id) => message(id)));
    await clock.settle();
    await first.at(1).retry(0, failure, never);
    await first.subscription.pause();
    await first.subscription.close();
    const second = await consume();
    await clock.settle();
    expect(second.ids).toEqual(['a', 'c', 'd', 'b']);
  });

  test('let other keys pass while one waits to be retried', async () => {
    const { clock, message, consume, publish } = stage();
    const late: Reaction = (delivery) =>
      delivery.message.id === 'a' && delivery.attempt === 1 ? delivery.retry(500, failure, never) : delivery.ack(never);
    const consumer = await consume({ ordered: true }, late);
    await publish(message('a', { key: '1' }), message('b', { key: '1' }), message('c', { key: '2' }), message('d'));
    await clock.advance(499);
    expect(consumer.ids).toEqual(['a', 'c', 'd']);
    await clock.advance(1);
    expect(consumer.ids).toEqual(['a', 'c', 'd', 'a', 'b']);
  });

  test('give the turn of a key to the next when the one before it expires', async () => {
    const { clock, message, consume, publish } = stage();
    const consumer = await consume({ ordered: true, prefetch: 1 }, keeps);
    await publish(message('a', { key: '1' }), message('b', { key: '2', expireMs: 10 }), message('c', { key: '2' }));
    await clock.advance(10);
    await consumer.at(0).ack(never);
    await clock.settle();
    expect(consumer.ids).toEqual(['a', 'c']);
  });

  test('refuse a subscription of another kind', async () => {
    const { consume } = stage();
    await consume();
    await expect(consume({ ordered: true })).rejects.toThrow('the queue q exists');
    await expect(consume({ broadcast: true })).rejects.toThrow('the queue q exists');
  });

  test('refuse to settle a delivery twice', async () => {
    const { clock, message, consume, publish } = stage();
    const consumer = await consume({}, keeps);
    await publish(message('a'));
    await clock.settle();
    await consumer.at(0).retry(0, failure, never);
    await clock.settle();
    await expect(consumer.at(0).ack(never)).rejects.toThrow('settled already');
    await consumer.at(1).ack(never);
  });

  test('refuse a body that is too large', async () => {
    const { driver, message } = stage();
    const body = new Uint8Array(driver.capabilities.maxMessageBytes + 1);
    await expect(driver.publish([message('a', { body })], never)).rejects.toThrow('at most 4194304');
  });
});
