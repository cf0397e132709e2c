import assert from 'node:assert/strict';
import type { BrokerMessage } from '../driver.js';
import { sameMessage } from './consumer.js';
import type { Define, Stage } from './stage.js';

const mostBytes = 16 * 1024 * 1024;

/** A message arrives as it was published, byte for byte. */
export function contentCases(define: Define): void {
  define('every byte of a body arrives, and an empty body', async (stage) => {
    const everyByte = Uint8Array.from({ length: 1_024 }, (_, i) => i % 256);
    const invalidText = Uint8Array.of(0xff, 0xfe, 0x00, 0xc3, 0x28, 0xed, 0xa0, 0x80);
    await arrive(stage, [
      stage.message({ body: everyByte, contentType: 'application/octet-stream' }),
      stage.message({ body: invalidText }),
      stage.message({ body: new Uint8Array(0) }),
      // A view into a larger buffer: what is beside it is nobody's business.
      stage.message({ body: Buffer.from('secret|shown|secret').subarray(7, 12) }),
    ]);
  });

  define('content type, key and times arrive', async (stage) => {
    await arrive(stage, [
      stage.message({ contentType: 'application/x-protobuf; messageType="shop.Order"' }),
      stage.message({ key: 'order-1' }),
      stage.message({ key: 'Ключ 🔑 "a b"' }),
      stage.message({ publishedAt: 0 }),
      stage.message({ publishedAt: 4_102_444_800_000 }),
      stage.message({ persistent: false }),
    ]);
  });

  define('headers arrive, Skerry’s own and hostile ones', async (stage) => {
    await arrive(stage, [
      stage.message({ headers: { ':traceparent': '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' } }),
      stage.message({ headers: { empty: '', number: '42', boolean: 'true', json: '{"a":[1,"\\"]}' } }),
      stage.message({ headers: { lines: 'a\r\nb: c\n\r\n', nul: 'a\0b', tab: '\t', spaces: '  a  ' } }),
      stage.message({ headers: { text: 'Grüße 漢字 🏝️', escaped: '%0d%0a=?utf-8?q?a?=' } }),
      stage.message({ headers: { constructor: 'x', 'x-death': '[]', 'x-delay': '5000', 'content-type': 'text/html' } }),
      stage.message({
        headers: { expiration: '1', 'delivery-mode': '1', 'nats-msg-id': 'a', 'x-delivery-count': '99' },
      }),
    ]);
  });

  define('a header of an object’s own name changes no object', async (stage) => {
    const driver = await stage.open();
    const consumer = await stage.consume(driver);
    const headers = JSON.parse('{"__proto__":"polluted","tostring":"a","valueof":"b"}') as Record<string, string>;
    await stage.publish(driver, [stage.message({ headers })]);
    await stage.comes(consumer, 1);
    const arrived = consumer.at(0).message.headers;
    assert.deepEqual([arrived['tostring'], arrived['valueof']], ['a', 'b']);
    assert.ok([Object.prototype, null].includes(Object.getPrototypeOf(arrived) as object | null));
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  });

  define('as many and as large headers as there may be arrive', async (stage) => {
    const many = Array.from({ length: 64 }, (_, i) => [`x-${i}`, 'v'.repeat(200)] as const);
    await arrive(stage, [
      stage.message({ headers: Object.fromEntries(many) }),
      stage.message({ headers: { large: 'é'.repeat(8_000) } }),
    ]);
  });

  define('a body of the largest size that is declared arrives', async (stage) => {
    const { capabilities } = await stage.open();
    const body = new Uint8Array(Math.min(capabilities.maxMessageBytes, mostBytes));
    for (let i = 0; i < body.length; i += 4_093) body[i] = i % 251;
    await arrive(stage, [stage.message({ body })]);
  });

  define('what one consumer does to its copy, no other sees', async (stage) => {
    const driver = await stage.open();
    const consumers = [
      await stage.consume(driver, { queue: stage.queue('a') }),
      await stage.consume(driver, { queue: stage.queue('b') }),
    ];
    await stage.publish(driver, [stage.message({ body: Buffer.from('as it was') })]);
    for (const consumer of consumers) {
      await stage.comes(consumer, 1);
      assert.equal(Buffer.from(consumer.at(0).message.body).toString(), 'as it was');
      consumer.at(0).message.body.fill(0);
    }
  });
}

async function arrive(stage: Stage, messages: readonly BrokerMessage[]): Promise<void> {
  const [here, there] = [await stage.open(), await stage.open()];
  const consumer = await stage.consume(there);
  await stage.publish(here, messages);
  await stage.getsAll([consumer], messages);
  for (const { message } of consumer.deliveries) {
    sameMessage(
      message,
      messages.find(({ id }) => id === message.id)!,
    );
  }
}
