import assert from 'node:assert/strict';
import type { SkerryError } from '../../errors/skerry-error.js';
import type { ProtocolAbility, ProtocolCaller, ProtocolHarness, ProtocolRunner } from './harness.js';
import { collect, each, failure, same, type Together, until, untilStill, withPeers } from './with-peers.js';

const padding = 'x'.repeat(10_000);
/** More than what is buffered between two processes, whichever they are. */
const many = 4_000;

/** Calls of many messages; where the protocol has none, how they are refused. */
export function streamCases(runner: ProtocolRunner, harness: ProtocolHarness): void {
  const streams = (ability: ProtocolAbility, name: string, body: (peers: Together) => Promise<void>): void => {
    const reason = harness.lacks?.[ability];
    if (reason === undefined) return runner.test(name, () => withPeers(harness, body));
    runner.lacks?.(name, reason);
    runner.test(name, () => withPeers(harness, ({ caller }) => refused(ability, caller)));
  };

  streams('server-stream', 'a server stream arrives in order, and ends', async ({ caller, seen }) => {
    const items = await collect(caller.serverStream('subject.counting', { count: 100 }));
    same(
      items.map((item) => (item as { count: number }).count),
      Array.from({ length: 100 }, (_, at) => at + 1),
    );
    same(await collect(caller.serverStream('subject.counting', { count: 0 })), []);
    assert.equal(seen.finished, 2);
  });

  streams('server-stream', 'an error after messages of a stream arrives whole', async ({ caller }) => {
    const items: unknown[] = [];
    const reading = (async () => {
      for await (const item of caller.serverStream('subject.breaking', { count: 3 })) items.push(item);
    })();
    const error = await failure(reading);
    assert.equal(items.length, 3);
    same([error.code, error.message, error.status], ['OUT_OF_NUMBERS', 'there are no more', 'OUT_OF_RANGE']);
    same([error.details, error.origin?.service], [{ after: 3 }, 'subject']);
  });

  streams(
    'server-stream',
    'a stream whose request is not valid fails before its first message',
    async ({ caller, seen }) => {
      const error = await failure(collect(caller.serverStream('subject.counting', { count: -1 })));
      assert.equal(error.code, 'SKERRY_VALIDATION_FAILED');
      assert.equal((error.details['fields'] as { path: string }[])[0]!.path, 'count');
      assert.equal(seen.produced, 0);
    },
  );

  streams(
    'server-stream',
    'a caller that reads slowly holds the handler, and one that leaves ends it',
    async ({ caller, seen }) => {
      const items = caller.serverStream('subject.counting', { count: many, padding })[Symbol.asyncIterator]();
      await items.next();
      const held = await untilStill(() => seen.produced);
      assert.ok(held < many, 'it was not held');
      while (seen.produced === held) assert.equal((await items.next()).done, false);
      await items.return!();
      await until('the generator has ended', () => seen.finished === 1);
      assert.ok(seen.produced < many, 'it ran to its end');
    },
  );

  streams(
    'client-stream',
    'a client stream is answered after its end, or as soon as the handler has seen enough',
    async ({ caller }) => {
      const lines = Array.from({ length: 100 }, (_, at) => ({ sku: `s${at}`, count: at + 1 }));
      same(await caller.clientStream('subject.sum', each(lines)), { count: 5_050 });
      same(await caller.clientStream('subject.sum', each([])), { count: 0 });
      let left = false;
      let leave!: () => void;
      const leaving = new Promise<void>((resolve) => (leave = resolve));
      async function* endless(): AsyncGenerator<unknown> {
        try {
          yield { sku: 'only', count: 1 };
          await leaving;
        } finally {
          left = true;
        }
      }
      same(await caller.clientStream('subject.first', endless()), { text: 'only' });
      leave();
      await until('the generator of the caller has ended', () => left);
    },
  );

  streams('client-stream', 'a message of a client stream that is not valid fails the call', async ({ caller }) => {
    const lines = [
      { sku: 'a', count: 1 },
      { sku: 'b', count: 0 },
    ];
    const error = await failure(caller.clientStream('subject.sum', each(lines)));
    assert.equal(error.code, 'SKERRY_VALIDATION_FAILED');
    assert.equal((error.details['fields'] as { path: string }[])[0]!.path, 'count');
  });

  streams(
    'client-stream',
    'a handler that takes nothing holds its caller, and then gets everything',
    async ({ caller, seen }) => {
      let sent = 0;
      async function* texts(): AsyncGenerator<unknown> {
        for (; sent < many; sent++) yield { text: padding };
      }
      const summed = caller.clientStream('subject.gatedSum', texts(), { timeoutMs: 60_000 });
      await until('the handler runs', () => seen.waiting === 1);
      const held = await untilStill(() => sent);
      assert.ok(held < many, 'it was not held');
      seen.release();
      same(await summed, { count: many });
    },
  );

  streams('bidirectional', 'a stream goes both ways at once, and on after the caller’s end', async ({ caller }) => {
    const answers: unknown[] = [];
    let heard!: () => void;
    async function* questions(): AsyncGenerator<unknown> {
      for (let count = 1; count <= 10; count++) {
        // Only after the answer to the one before: neither side waits for the other's end.
        const answered = new Promise<void>((resolve) => (heard = resolve));
        yield { sku: 's', count };
        await answered;
      }
    }
    for await (const answer of caller.bidirectional('subject.doubles', questions())) {
      answers.push(answer);
      heard();
    }
    const doubled = Array.from({ length: 10 }, (_, at) => ({ count: 2 * (at + 1) }));
    same(answers, [...doubled, { count: 55 }]);
  });
}

/** What the protocol has no form for is refused with a code that says so. */
async function refused(ability: ProtocolAbility, caller: ProtocolCaller): Promise<void> {
  let error: SkerryError;
  if (ability === 'server-stream')
    error = await failure(collect(caller.serverStream('subject.counting', { count: 1 })));
  else if (ability === 'client-stream') error = await failure(caller.clientStream('subject.sum', each([])));
  else error = await failure(collect(caller.bidirectional('subject.doubles', each([]))));
  assert.equal(error.code, 'SKERRY_RPC_WRONG_KIND');
}
