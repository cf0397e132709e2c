import { connect, type ChannelModel } from 'amqplib';
import { Broker, DedupeLog, JsonCodec, type BrokerEvent, type DedupeLease } from '@skerry/core';
import { eventually, findRabbitMq, openHandles, rabbitMqStarter, sharedRabbitMq } from '@skerry-private/test-kit';
import { clock, Deliveries, failure, Ground, never } from './fixtures/ground.js';
import { names } from './names.js';

const sbin = await findRabbitMq();

(sbin ? describe : describe.skip)('a server that others use as well', () => {
  const startRabbitMq = rabbitMqStarter(afterAll, sbin);
  let ground: Ground;
  let stranger: ChannelModel;

  beforeAll(async () => {
    ground = new Ground(await sharedRabbitMq(startRabbitMq));
    stranger = await connect(ground.url);
  }, 60_000);

  afterAll(async () => {
    await stranger.close();
    await ground.clear();
  });

  afterEach(() => ground.close());

  test('a poison message is kept aside after exactly as many attempts as it was given', async () => {
    const driver = ground.open();
    const request = ground.request({ deadLetter: true });
    const attempts: number[] = [];
    const sink = new Deliveries((delivery) => {
      attempts.push(delivery.attempt);
      if (delivery.attempt === 4) return delivery.deadLetter({ ...failure, attempt: 4 }, never);
      return delivery.retry(delivery.attempt === 2 ? 0 : 100, failure, never);
    });
    await driver.subscribe(request, sink, never);
    const message = ground.message(request.topic, { key: 'k', headers: { tenant: 'a' } });
    await driver.publish([message], never);
    const [letter] = await eventually(async () => {
      const letters = await driver.deadLetters.list(request.queue, 10, never);
      expect(letters).toHaveLength(1);
      return letters;
    });
    expect(attempts).toEqual([1, 2, 3, 4]);
    expect(letter).toMatchObject({ failure: { ...failure, attempt: 4 }, message: { id: message.id, key: 'k' } });
    expect(letter!.message).toMatchObject({ topic: request.topic, headers: { tenant: 'a' }, publishedAt: 1 });
    expect(letter!.message.body).toEqual(message.body);
    expect(await driver.deadLetters.queues(never)).toEqual([{ queue: request.queue, count: 1 }]);
  });

  test('what waits because it cannot be told whether it was handled uses up no attempt', async () => {
    class FlakyLog extends DedupeLog {
      asked = 0;

      override async begin(): Promise<DedupeLease> {
        if (++this.asked <= 4) throw new Error('the log is down');
        return { lease: 'one' };
      }

      override async done(): Promise<void> {}
      override async failed(): Promise<void> {}
    }
    const request = ground.request({ deadLetter: true });
    const events: BrokerEvent[] = [];
    const self = { service: 's', node: 's-1' };
    const tell = (event: BrokerEvent): void => void events.push(event);
    const broker = new Broker(ground.open(), clock, new JsonCodec(), self, tell, new FlakyLog());
    const plan = { ...request, attempts: 2, backoff: { firstMs: 100 }, concurrency: 5 };
    const attempts: number[] = [];
    const dedupe = { windowMs: 60_000, leaseMs: 40_000 };
    await broker.subscription({ ...plan, dedupe }, async ({ attempt }) => void attempts.push(attempt)).start();
    await broker.publish(request.topic, {}, { messageId: 'a' });
    await eventually(() => expect(attempts).toEqual([1]), { withinMs: 20_000 });
    const types = events.map(({ type }) => type).filter((type) => type !== 'subscribed');
    expect(types).toEqual(['dedupe-failing', 'dedupe-recovered']);
    expect(await broker.deadLetters(request.queue)).toEqual([]);
    await broker.stop(1_000);
  }, 30_000);

  test('what a consumer had when it was killed comes again, counted, and before what it had not', async () => {
    const [here, there] = [ground.open(), ground.open()];
    const request = ground.request({ prefetch: 3 });
    const killed = new Deliveries(() => undefined);
    await there.subscribe(request, killed, never);
    const messages = Array.from({ length: 6 }, () => ground.message(request.topic));
    await here.publish(messages, never);
    await eventually(() => expect(killed.all).toHaveLength(3));
    await there.close();
    const sink = new Deliveries();
    await here.subscribe(request, sink, never);
    await eventually(() => expect(sink.all).toHaveLength(6));
    expect(sink.ids).toEqual(messages.map(({ id }) => id));
    expect(sink.all.map(({ attempt }) => attempt)).toEqual([2, 2, 2, 1, 1, 1]);
    expect(killed.losses).toEqual([]);
  });

  test('messages of strangers are delivered, whatever is in them', async () => {
    const driver = ground.open();
    const request = ground.request({ topic: 'strange.#' });
    const sink = new Deliveries();
    await driver.subscribe(request, sink, never);
    const channel = await stranger.createChannel();
    const headers = {
      Text: 'shown',
      number: 1,
      table: { deep: 'x' },
      nothing: null,
      'x-delivery-count': 99,
      'x-death': 'none',
      ':amqp-attempts': 'many',
      ':amqp-topic': 7,
      __proto__: { polluted: true },
    };
    channel.publish(ground.exchange, 'strange.thing', Buffer.from([0xff, 0]), { headers });
    const table = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`h${i}`, 'x'.repeat(100)]));
    channel.publish(ground.exchange, 'strange.other', Buffer.alloc(0), {
      headers: { ...table, ':amqp-attempts': -5 },
      messageId: 'theirs',
      timestamp: 1_700_000_000,
      contentType: 'text/plain',
    });
    await eventually(() => expect(sink.all).toHaveLength(2));
    const [first, second] = sink.all;
    expect(first).toMatchObject({ attempt: 1, message: { topic: 'strange.thing', headers: { text: 'shown' } } });
    expect(Object.keys(first!.message.headers)).toEqual(['text']);
    expect(first!.message.id).toMatch(/^[0-9a-f]{32}$/);
    expect(first!.message.contentType).toBe('application/octet-stream');
    expect(second).toMatchObject({ attempt: 1, message: { id: 'theirs', publishedAt: 1_700_000_000_000 } });
    expect(Object.keys(second!.message.headers)).toHaveLength(64);
    await channel.close();
  });

  test('a delay ends not before its time, and the message goes to who subscribes by then', async () => {
    const driver = ground.open();
    const request = ground.request();
    const sink = new Deliveries();
    const since = clock.now();
    const delayed = ground.message(request.topic, { delayMs: 250, headers: { a: 'b' } });
    const expired = ground.message(request.topic, { delayMs: 250, expireMs: 200 });
    const none = ground.message(`${request.topic}.none`);
    expect(await driver.publish([delayed, expired, none], never)).toEqual(['routed', 'routed', 'unrouted']);
    await driver.subscribe(request, sink, never);
    await eventually(() => expect(sink.all).toHaveLength(1));
    expect(clock.now() - since).toBeGreaterThanOrEqual(250);
    expect(sink.all[0]).toMatchObject({ attempt: 1, message: { id: delayed.id, headers: { a: 'b' } } });
    expect(sink.all[0]!.message.topic).toBe(request.topic);
  });

  test('what is acknowledged is so in the server, and does not come again when the connection is cut then', async () => {
    const driver = ground.open();
    const request = ground.request();
    const sink = new Deliveries(() => undefined);
    await driver.subscribe(request, sink, never);
    // As many as a channel hands on to a quorum queue at once: more wait in it, and are lost with it.
    const messages = Array.from({ length: 20 }, () => ground.message(request.topic));
    await driver.publish(messages, never);
    await eventually(() => expect(sink.all).toHaveLength(20));
    const { consuming } = driver as unknown as { consuming: { now: { kill(reason: Error): void } } };
    await Promise.all(sink.all.map((delivery) => delivery.ack(never)));
    consuming.now.kill(new Error('cut'));
    await eventually(() => expect(sink.losses).toEqual([new Error('cut')]));
    await expect(sink.all[0]!.ack(never)).rejects.toThrow('cut');
    const again = new Deliveries();
    await driver.subscribe(request, again, never);
    const next = ground.message(request.topic);
    await driver.publish([next], never);
    await eventually(() => expect(again.ids).toContain(next.id));
    expect(again.ids).toEqual([next.id]);
  });

  test('a delivery is settled once, and a queue that was deleted is told as lost', async () => {
    const driver = ground.open();
    const request = ground.request();
    const sink = new Deliveries(() => undefined);
    await driver.subscribe(request, sink, never);
    await driver.publish([ground.message(request.topic), ground.message(request.topic)], never);
    await eventually(() => expect(sink.all).toHaveLength(2));
    await sink.all[0]!.ack(never);
    await expect(sink.all[0]!.ack(never)).rejects.toThrow('settled already');
    await expect(sink.all[0]!.retry(0, failure, never)).rejects.toThrow('settled already');
    await expect(sink.all[0]!.deadLetter(failure, never)).rejects.toThrow('settled already');
    // The others have not suffered.
    await sink.all[1]!.ack(never);
    const channel = await stranger.createChannel();
    await channel.deleteQueue(request.queue);
    await eventually(() => expect(sink.losses).toHaveLength(1));
    expect(String(sink.losses[0])).toContain('was deleted');
    await channel.close();
  });

  test('nothing is acknowledged of what could not be published again', async () => {
    const driver = ground.open();
    const request = ground.request({ deadLetter: true });
    const sink = new Deliveries(() => undefined);
    await driver.subscribe(request, sink, never);
    await driver.publish([ground.message(request.topic)], never);
    await eventually(() => expect(sink.all).toHaveLength(1));
    const channel = await stranger.createChannel();
    await channel.deleteQueue(names.deadLetters(request.queue));
    await expect(sink.all[0]!.deadLetter(failure, never)).rejects.toThrow('has no queue');
    await sink.all[0]!.retry(100, failure, never);
    await eventually(() => expect(sink.all).toHaveLength(2));
    expect(sink.all[1]!.attempt).toBe(2);
    // A queue that others have deleted is missed once.
    await channel.deleteQueue(names.retryQueue(request.queue, 100));
    await expect(sink.all[1]!.retry(100, failure, never)).rejects.toThrow('has no queue');
    await sink.all[1]!.retry(100, failure, never);
    await eventually(() => expect(sink.all).toHaveLength(3));
    await channel.close();
  });

  test('dead letters keep their order while they are looked at, and go one by one', async () => {
    const driver = ground.open();
    const request = ground.request({ deadLetter: true });
    const sink: Deliveries = new Deliveries((delivery) =>
      delivery.attempt === 1 && sink.all.length <= 100 ? delivery.deadLetter(failure, never) : delivery.ack(never),
    );
    await driver.subscribe(request, sink, never);
    const messages = Array.from({ length: 100 }, () => ground.message(request.topic));
    await driver.publish(messages, never);
    const ids = messages.map(({ id }) => id);
    const shown = async (limit: number): Promise<string[]> =>
      (await driver.deadLetters.list(request.queue, limit, never)).map(({ message }) => message.id);
    await eventually(async () => expect((await shown(1_000)).sort()).toEqual([...ids].sort()));
    const letters = await driver.deadLetters.list(request.queue, 1_000, never);
    const kept = letters.map(({ message }) => message.id);
    // More often than RabbitMQ 4 delivers a message if nothing else is said.
    for (let round = 0; round < 25; round++) expect(await shown(3)).toEqual(kept.slice(0, 3));
    expect(await driver.deadLetters.take(request.queue, letters[3]!.id, 'drop', never)).toBe(true);
    expect(await driver.deadLetters.take(request.queue, letters[3]!.id, 'drop', never)).toBe(false);
    expect(await driver.deadLetters.take(request.queue, letters[1]!.id, 'retry', never)).toBe(true);
    await eventually(() => expect(sink.all).toHaveLength(101));
    expect(sink.all[100]).toMatchObject({ attempt: 1, message: { id: letters[1]!.message.id } });
    expect(await shown(1_000)).toEqual(kept.filter((_, index) => index !== 1 && index !== 3));
    expect(await driver.deadLetters.list(`${request.queue}-none`, 10, never)).toEqual([]);
  });

  test('a queue that is there with other properties is told as it is, and hurts no other', async () => {
    const driver = ground.open();
    const [good, bad] = [ground.request(), ground.request()];
    const sink = new Deliveries();
    await driver.subscribe(good, sink, never);
    const channel = await stranger.createChannel();
    await channel.assertQueue(bad.queue, { durable: true });
    await expect(driver.subscribe(bad, new Deliveries(), never)).rejects.toThrow(/inequivalent arg 'x-queue-type'/);
    await driver.publish([ground.message(good.topic)], never);
    await eventually(() => expect(sink.all).toHaveLength(1));
    await channel.close();
  });

  test('a closed driver has left nothing open, and refuses', async () => {
    const before = openHandles();
    const driver = ground.open();
    const request = ground.request();
    const sink = new Deliveries();
    await driver.subscribe(request, sink, never);
    await driver.publish([ground.message(request.topic)], never);
    await driver.close();
    await driver.close();
    await before.nothingMore();
    await expect(driver.publish([ground.message(request.topic)], never)).rejects.toThrow('was closed');
    await expect(driver.subscribe(request, sink, never)).rejects.toThrow('was closed');
    expect(sink.losses).toEqual([]);
  });

  test('a refused user and an unreachable server are told without the password', async () => {
    const before = openHandles();
    const told = async (url: string): Promise<string> => {
      const driver = ground.open({ url });
      const error = await driver.publish([ground.message('a')], never).catch((caught: unknown) => caught);
      await driver.close();
      return `${(error as Error).message} ${JSON.stringify(error)} ${(error as Error).stack}`;
    };
    const { host } = new URL(ground.url);
    const refused = await told(`amqp://guest:s3cr3t%40@${host}`);
    expect(refused).toContain('ACCESS_REFUSED');
    const unreachable = await told('amqp://guest:s3cr3t%40@127.0.0.1:1');
    expect(unreachable).toContain('ECONNREFUSED');
    expect(refused + unreachable).not.toMatch(/s3cr3t/);
    await before.nothingMore();
  });
});
