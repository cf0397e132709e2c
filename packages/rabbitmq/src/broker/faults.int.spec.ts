import { setMaxListeners } from 'node:events';
import {
  eventually,
  heldBytes,
  findRabbitMq,
  openHandles,
  rabbitMqStarter,
  type RabbitMqServer,
} from '@skerry-private/test-kit';
import type { BrokerMessage, DriverDelivery, SubscriptionRequest } from '@skerry/core';
import type { RabbitMqOptions } from '../rabbitmq-options.js';
import { clock, Deliveries, failure, Ground, never } from './fixtures/ground.js';
import { makeCertificates, type Certificates } from './fixtures/certificates.js';
import type { RabbitMqBrokerDriver } from './rabbitmq-broker.js';

const sbin = await findRabbitMq();
// Quorum queues that are younger can be lost by a kill, with what they have confirmed.
const ofAgeMs = 1_000;

(sbin ? describe : describe.skip)('a server in trouble', () => {
  const startRabbitMq = rabbitMqStarter(afterAll, sbin);
  let server: RabbitMqServer;
  let ground: Ground;
  let certificates: Certificates;

  beforeAll(async () => {
    certificates = await makeCertificates();
    const { folder } = certificates;
    server = await startRabbitMq({
      configuration: (port) => `
        listeners.ssl.local = 127.0.0.1:${port}
        ssl_options.cacertfile = ${folder}/ca.pem
        ssl_options.certfile = ${folder}/server.pem
        ssl_options.keyfile = ${folder}/server-key.pem
        ssl_options.verify = verify_peer
        ssl_options.fail_if_no_peer_cert = true`,
    });
    ground = new Ground(server.url);
  }, 60_000);

  afterAll(() => certificates.remove());

  afterEach(() => ground.close());

  /** As `Broker` does: subscribes again until it works. */
  const keepSubscribed = async (
    driver: RabbitMqBrokerDriver,
    request: SubscriptionRequest,
    delivered: (delivery: DriverDelivery) => void,
    over: AbortSignal,
  ): Promise<void> => {
    const again = async (): Promise<void> => {
      while (!over.aborted) {
        const patience = AbortSignal.timeout(2_000);
        const subscribed = driver.subscribe(request, { delivered, lost: () => void again() }, patience);
        if (await subscribed.catch(() => undefined)) return;
        await clock.sleep(50);
      }
    };
    await again();
  };

  test('killed under load, it loses nothing that it has confirmed, and its consumers come back', async () => {
    const [here, there] = [ground.open(), ground.open()];
    const request = ground.request({ deadLetter: true });
    const over = new AbortController();
    const handled = new Map<string, number>();
    const settle = async (delivery: DriverDelivery): Promise<void> => {
      const { id } = delivery.message;
      const patience = AbortSignal.timeout(2_000);
      if (delivery.attempt === 1 && id.endsWith('0')) return delivery.retry(100, failure, patience);
      handled.set(id, (handled.get(id) ?? 0) + 1);
      await delivery.ack(patience);
    };
    // As a subscription does: what could not be settled in time is not forgotten. Of a lost connection it comes again.
    let finished = false;
    const settled = async (delivery: DriverDelivery): Promise<void> => {
      while (!finished) {
        const done = await settle(delivery).then(
          () => true,
          () => false,
        );
        if (done) return;
        await clock.sleep(100);
      }
    };
    await keepSubscribed(there, request, (each) => void settled(each), over.signal);
    const confirmed = new Set<string>();
    let failures = 0;
    const publishUntil = async (message: BrokerMessage): Promise<void> => {
      for (;;) {
        try {
          await here.publish([message], AbortSignal.timeout(1_000));
          confirmed.add(message.id);
          return;
        } catch {
          failures++;
          await clock.sleep(100);
        }
      }
    };
    const load = async (): Promise<void> => {
      while (!over.signal.aborted) {
        await publishUntil(ground.message(request.topic));
        await clock.sleep(5);
      }
    };
    const loads = Array.from({ length: 20 }, load);
    await clock.sleep(ofAgeMs);
    const before = confirmed.size;
    await server.restart();
    const back = confirmed.size;
    await eventually(() => expect(confirmed.size).toBeGreaterThan(back + 500), { withinMs: 15_000 });
    over.abort();
    await Promise.all(loads);
    const lost = (): string[] => [...confirmed].filter((id) => !handled.has(id));
    await eventually(() => expect(lost()).toEqual([]), { withinMs: 15_000 }).finally(() => (finished = true));
    const repeated = [...handled.values()].filter((times) => times > 1).length;
    console.info(`${confirmed.size} confirmed, 0 lost, ${repeated} repeated, ${failures} attempts to publish failed`);
    expect(before).toBeGreaterThan(100);
    expect(failures).toBeGreaterThan(0);
  }, 60_000);

  test('short of memory, it takes acknowledgements; messages wait for it as long as they may, and in a bound', async () => {
    const driver = ground.open();
    const request = ground.request({ deadLetter: true });
    const sink = new Deliveries(() => undefined);
    await driver.subscribe(request, sink, never);
    await driver.publish([ground.message(request.topic), ground.message(request.topic)], never);
    await eventually(() => expect(sink.all).toHaveLength(2));
    await server.ctl('set_vm_memory_high_watermark', '0');

    try {
      const body = Buffer.alloc(64 * 1024);
      const bytesBefore = heldBytes();
      const patience = new AbortController();
      setMaxListeners(0, patience.signal);
      const enough = new Error('waited long enough');
      const waiting = Array.from({ length: 10_000 }, () =>
        driver.publish([ground.message(request.topic, { body })], patience.signal).catch((error: unknown) => error),
      );
      const retried = sink.all[0]!.retry(0, failure, patience.signal);
      retried.catch(() => undefined);
      const refused = waiting.at(-1);
      expect(String(await refused)).toContain('RabbitMQ confirms too little');
      await sink.all[1]!.ack(never);
      const grownBytes = heldBytes() - bytesBefore;
      patience.abort(enough);
      const outcomes = await Promise.all(waiting);
      expect(outcomes.filter((outcome) => outcome === enough).length).toBeGreaterThan(100);
      expect(outcomes.filter((outcome) => Array.isArray(outcome))).toEqual([]);
      // 640 MB were to be published. Ten thousand errors, with their stacks, are in this as well.
      expect(grownBytes).toBeLessThan(200 * 1024 * 1024);
      await expect(retried).rejects.toBe(enough);
    } finally {
      // The tests after this one have the same server.
      await server.ctl('set_vm_memory_high_watermark', '0.4');
    }
    // What was on its way when its publishers gave up may come as well.
    const late = ground.message(request.topic);
    const taken = driver.publish([late], never);
    const acknowledgements = new Set<DriverDelivery>(sink.all.slice(0, 2));
    await sink.all[0]!.ack(never);
    await eventually(
      () => {
        for (const delivery of sink.all) {
          if (acknowledgements.has(delivery)) continue;
          acknowledgements.add(delivery);
          void delivery.ack(never);
        }
        expect(sink.ids).toContain(late.id);
      },
      { withinMs: 15_000 },
    );
    await expect(taken).resolves.toEqual(['routed']);
  }, 40_000);

  test('a driver that is closed while nothing is taken leaves nothing open, and waits for nobody', async () => {
    const before = openHandles();
    const driver = ground.open();
    const request = ground.request();
    await driver.subscribe(request, new Deliveries(), never);
    await driver.publish([ground.message(request.topic)], never);
    server.freeze();
    try {
      const waiting = driver.publish([ground.message(request.topic)], never).catch((error: unknown) => error);
      const connecting = ground.open();
      const refused = connecting.publish([ground.message(request.topic)], never).catch((error: unknown) => error);
      await Promise.all([driver.close(), connecting.close()]);
      expect(String(await waiting)).toContain('closed');
      expect(String(await refused)).toContain('closed');
    } finally {
      server.thaw();
    }
    await before.nothingMore();
  });

  test('what is never confirmed does not take the room of others for ever', async () => {
    const driver = ground.open({ maxUnconfirmedBytes: 4_096 });
    const request = ground.request();
    const sink = new Deliveries();
    await driver.subscribe(request, sink, never);
    await driver.publish([ground.message(request.topic)], never);
    const { window } = (driver as unknown as { publisher: { window: { bytes: number } } }).publisher;
    server.freeze();
    try {
      const patience = new AbortController();
      const messages = Array.from({ length: 4 }, () => ground.message(request.topic));
      const waiting = driver.publish(messages, patience.signal).catch((error: unknown) => error);
      expect(window.bytes).toBeGreaterThan(2_048);
      patience.abort(new Error('enough'));
      expect(String(await waiting)).toContain('enough');
      // Long before the heartbeat would have given up the connection.
      await eventually(() => expect(window.bytes).toBe(0), { withinMs: 1_000 });
    } finally {
      server.thaw();
    }
    const next = ground.message(request.topic);
    await driver.publish([next], never);
    await eventually(() => expect(sink.ids).toContain(next.id));
  });

  test('a connection on which a server answers nothing is given up, by its heartbeat', async () => {
    const driver = ground.open({ heartbeatMs: 1_000 });
    const request = ground.request();
    const sink = new Deliveries();
    await driver.subscribe(request, sink, never);
    server.freeze();
    try {
      await eventually(() => expect(sink.losses).toHaveLength(1), { withinMs: 5_000 });
    } finally {
      server.thaw();
    }
    expect(String(sink.losses[0])).toContain('Heartbeat timeout');
  });

  test('over TLS, it is believed by the certificate of its authority, and believes by ours', async () => {
    const [ca, cert, key] = await Promise.all(['ca', 'client', 'client-key'].map((name) => certificates.pem(name)));
    const url = server.tlsUrl;
    const driver = ground.open({ url, tls: { ca, cert, key } });
    const request = ground.request();
    const sink = new Deliveries();
    await driver.subscribe(request, sink, never);
    await driver.publish([ground.message(request.topic)], never);
    await eventually(() => expect(sink.all).toHaveLength(1));

    const refused = (options: RabbitMqOptions): Promise<unknown> =>
      ground.open({ url, ...options }).publish([ground.message('any')], never);
    await expect(refused({ tls: { cert, key } })).rejects.toThrow(/certificate/);
    await expect(refused({ tls: { ca, cert, key, serverName: 'somebody.else' } })).rejects.toThrow(/somebody\.else/);
    await expect(refused({ tls: { ca } })).rejects.toThrow(/certificate|closed|ECONNRESET/);
  });
});
