import assert from 'node:assert/strict';
import type { BrokerMessage } from '../driver.js';
import { never } from './consumer.js';
import type { Lacking } from './harness.js';
import type { Define } from './stage.js';

/** `*` is one word, `#` at the end any number of them, also none. */
export function patternCases(define: Define, lacks: ReadonlySet<Lacking>): void {
  const words = ['', '.a', '.b', '.a.b', '.b.a', '.a.b.c', '.ab', '.a-b', '.a_b.c', 'x', 'x.a'];
  const patterns: Readonly<Record<string, readonly string[]>> = {
    '.*': ['.a', '.b', '.ab', '.a-b'],
    '.#': ['', '.a', '.b', '.a.b', '.b.a', '.a.b.c', '.ab', '.a-b', '.a_b.c'],
    '.a.*': ['.a.b'],
    '.a.#': ['.a', '.a.b', '.a.b.c'],
    '.*.b': ['.a.b'],
    '.*.*': ['.a.b', '.b.a', '.a_b.c'],
    '.*.b.#': ['.a.b', '.a.b.c'],
    '.*.#': ['.a', '.b', '.a.b', '.b.a', '.a.b.c', '.ab', '.a-b', '.a_b.c'],
  };
  for (const [pattern, expected] of Object.entries(patterns)) {
    define(`orders${pattern} is what it says`, async (stage) => {
      const driver = await stage.open();
      const consumer = await stage.consume(driver, { topic: stage.topic + pattern });
      const messages: BrokerMessage[] = words.map((word) => stage.message({ topic: stage.topic + word }));
      const routes = await driver.publish(messages, never);
      const meant = messages.filter(({ topic }) => expected.includes(topic.slice(stage.topic.length)));
      await stage.getsAll([consumer], meant);
      if (lacks.has('mandatory')) return;
      assert.deepEqual(
        routes,
        messages.map((message) => (meant.includes(message) ? 'routed' : 'unrouted')),
      );
    });
  }

  define('a message that several patterns mean comes once to each queue', async (stage) => {
    const driver = await stage.open();
    const consumers = await Promise.all(
      ['.a', '.*', '.#'].map((pattern, i) =>
        stage.consume(driver, { topic: stage.topic + pattern, queue: stage.queue(`q${i}`) }),
      ),
    );
    const messages = await stage.publish(driver, [stage.message({ topic: `${stage.topic}.a` })]);
    for (const consumer of consumers) await stage.getsAll([consumer], messages);
  });
}
