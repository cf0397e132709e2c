import { JsonCodec } from '../codec/json-codec.js';
import { ManualClock } from '../clock/manual-clock.js';
import { Broker, type PublishOptions } from './broker.js';
import type { BrokerCapabilities, BrokerMessage } from './driver.js';
import { brokerEngines } from './engines.js';
import { MemoryBrokerEngine } from './memory-engine.js';
import { MemoryBrokerDriver } from './memory.js';

const clock = new ManualClock();

/** A broker on an engine that can do as much, and what was sent to that. */
function brokerWith(capabilities: Partial<BrokerCapabilities>): { broker: Broker; sent: BrokerMessage[] } {
  const sent: BrokerMessage[] = [];
  class Recording extends MemoryBrokerDriver {
    override async publish(messages: readonly BrokerMessage[], signal: AbortSignal) {
      sent.push(...messages);
      return super.publish(messages, signal);
    }
  }
  const driver = new Recording(new MemoryBrokerEngine(clock), capabilities);
  return { broker: new Broker(driver, clock, new JsonCodec(), { service: 'shop', node: 'shop-1' }), sent };
}

describe('what the engine cannot do for a message', () => {
  const rabbitmq = brokerEngines['rabbitmq']!;
  test.each<[string, Partial<BrokerCapabilities>, PublishOptions, keyof BrokerCapabilities, string[]]>([
    ['a delay', { maxDelayMs: 0 }, { delayMs: 1 }, 'maxDelayMs', ['inbox', 'rabbitmq']],
    ['a longer delay', rabbitmq, { delayMs: 604_800_001 }, 'maxDelayMs', ['inbox']],
    ['mandatory', { mandatory: false }, { mandatory: true }, 'mandatory', ['inbox', 'rabbitmq']],
    ['mandatory, delayed', rabbitmq, { mandatory: true, delayMs: 1_000 }, 'mandatory', ['inbox']],
    ['a time of its own', { expiry: false }, { expireMs: 5_000 }, 'expiry', ['inbox', 'rabbitmq']],
    ['a time of its own, delayed', rabbitmq, { expireMs: 5_000, delayMs: 1_000 }, 'expiry', ['inbox']],
  ])('is refused before anything is sent: %s', async (_what, capabilities, options, capability, engines) => {
    const { broker, sent } = brokerWith(capabilities);
    const refused = expect.objectContaining({
      code: 'SKERRY_BROKER_UNSUPPORTED',
      retryable: false,
      details: { engine: 'memory', capability, engines },
      message: expect.stringMatching(
        new RegExp(`cannot publish to a\\.b with .*the memory broker.*${engines.join(', ')} can`),
      ),
    });
    await expect(broker.publish('a.b', 1, options)).rejects.toEqual(refused);
    // With all that is published with it.
    const { mandatory = false, ...own } = options;
    const entries = [{ message: 1 }, { message: 2, ...own }];
    await expect(broker.publishBatch('a.b', entries, { mandatory })).rejects.toEqual(refused);
    expect(sent).toEqual([]);
    expect(broker.stats.published).toBe(0);
  });

  test.each<[string, PublishOptions]>([
    ['its longest delay', { delayMs: 604_800_000 }],
    ['a time of its own at once', { expireMs: 5_000 }],
    ['no delay at all', { expireMs: 5_000, delayMs: 0 }],
  ])('is not what it can: %s', async (_what, options) => {
    const { broker, sent } = brokerWith(rabbitmq);
    await broker.publish('a.b', 1, options);
    expect(sent).toHaveLength(1);
  });

  test('is said of dead letters too', async () => {
    const { broker } = brokerWith({ deadLetter: false });
    await expect(broker.deadLetters('q')).rejects.toMatchObject({
      code: 'SKERRY_BROKER_UNSUPPORTED',
      message: expect.stringContaining('inbox, rabbitmq can'),
    });
  });
});

test.each<[string, object]>([
  ['delayMs', { delayMs: -1 }],
  ['delayMs', { delayMs: NaN }],
  ['delayMs', { delayMs: 2 ** 31 }],
  ['expireMs', { expireMs: '5' }],
  ['expireMs', { expireMs: 1_000, delayMs: 1_000 }],
  ['messageId', { messageId: '' }],
  ['messageId', { messageId: 'ä'.repeat(128) }],
  ['messageId', { messageId: 7 }],
  ['key', { key: 'k'.repeat(256) }],
  ['key', { key: '' }],
  ['timeoutMs', { timeoutMs: 0 }],
  ['timeoutMs', { timeoutMs: NaN }],
])('an option that means nothing is refused before anything is sent: %s of %j', async (name, options) => {
  const { broker, sent } = brokerWith({});
  await expect(broker.publish('a.b', 1, options as PublishOptions)).rejects.toMatchObject({
    code: 'SKERRY_OPTION_INVALID',
    message: expect.stringMatching(new RegExp(`^Cannot publish to a\\.b: its .*${name}`)),
  });
  expect(sent).toEqual([]);
});
