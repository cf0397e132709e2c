import assert from 'node:assert/strict';
import { ManualClock } from '../clock/manual-clock.js';
import { SkerryError } from '../errors/skerry-error.js';
import type { Runner, TransportHarness } from './conformance.js';
import { never, Probe, withPair } from './conformance-probe.js';
import type { Link } from './driver.js';

const ignore = (): void => undefined;
const drop = (link: Link): void => void new Probe(link).link.destroy();

/** Listening, connecting, and being refused. */
export function connectionCases({ test }: Runner, harness: TransportHarness): void {
  const open = () => harness.open(new ManualClock());

  test('an address begins with the scheme, and what was left open is filled in', async () => {
    const driver = open();
    assert.match(driver.scheme, /^[a-z][a-z0-9+.-]*$/);
    const listener = await driver.listen(harness.anyAddress, drop, ignore);
    assert.ok(listener.address.startsWith(`${driver.scheme}://`), listener.address);
    assert.notEqual(listener.address, harness.anyAddress);
    await listener.close();
  });

  test('both sides name their peer by an address', () =>
    withPair(harness, {}, async ({ near, far }) => {
      assert.match(near.link.peer, /^[a-z]\S*:\/\/\S+$/);
      assert.match(far.link.peer, /^[a-z]\S*:\/\/\S+$/);
      assert.notEqual(near.link.peer, far.link.peer);
    }));

  test('connecting where nobody listens is refused', async () => {
    await rejectsWith('SKERRY_RPC_CONNECT_FAILED', open().connect(harness.deadAddress, never()));
  });

  test('an address of another form is refused, wherever it is given', async () => {
    for (const address of ['', 'nonsense', `other+${harness.deadAddress}`, `${harness.deadAddress} `]) {
      await rejectsWith('SKERRY_TRANSPORT_ADDRESS_INVALID', open().connect(address, never()));
      await rejectsWith('SKERRY_TRANSPORT_ADDRESS_INVALID', open().listen(address, drop, ignore));
    }
  });

  test('connecting ends with the signal, before it began and while it lasts', async () => {
    const driver = open();
    const listener = await driver.listen(harness.anyAddress, drop, ignore);
    const reason = new Error('no longer wanted');
    await assert.rejects(driver.connect(listener.address, AbortSignal.abort(reason)), (error) => error === reason);
    const abort = new AbortController();
    const connecting = driver.connect(listener.address, abort.signal);
    abort.abort(reason);
    await assert.rejects(connecting, (error) => error === reason);
    await listener.close();
  });

  test('a signal that aborts after connecting does not touch the link', async () => {
    const driver = open();
    const listener = await driver.listen(harness.anyAddress, (link) => link.start(echo(link)), ignore);
    const abort = new AbortController();
    const near = new Probe(await driver.connect(listener.address, abort.signal));
    abort.abort();
    near.sendText('still here');
    await near.untilFrames(1);
    near.link.close();
    assert.equal(await near.ended(), undefined);
    await listener.close();
  });

  test('an address can be listened on once', async () => {
    const listener = await open().listen(harness.anyAddress, drop, ignore);
    await rejectsWith('SKERRY_TRANSPORT_LISTEN_FAILED', open().listen(listener.address, drop, ignore));
    await listener.close();
  });

  test('a closed listener frees its address, refuses newcomers and leaves its links alone', async () => {
    const driver = open();
    const listener = await driver.listen(harness.anyAddress, (link) => link.start(echo(link)), ignore);
    const near = new Probe(await driver.connect(listener.address, never()));
    await listener.close();
    await listener.close();
    await rejectsWith('SKERRY_RPC_CONNECT_FAILED', driver.connect(listener.address, never()));
    near.sendText('still here');
    await near.untilFrames(1);
    const again = await driver.listen(listener.address, drop, ignore);
    assert.equal(again.address, listener.address);
    await again.close();
    near.link.close();
    assert.equal(await near.ended(), undefined);
  });

  test('one listener serves many links at once, and keeps them apart', async () => {
    const driver = open();
    const listener = await driver.listen(harness.anyAddress, (link) => link.start(echo(link)), ignore);
    const connecting = Array.from({ length: 50 }, () => driver.connect(listener.address, never()));
    const probes = (await Promise.all(connecting)).map((link) => new Probe(link));
    probes.forEach((probe, i) => probe.sendText(`${i}`));
    for (const [i, probe] of probes.entries()) {
      await probe.untilFrames(1);
      assert.deepEqual(probe.texts, [`${i}`]);
      probe.link.close();
      assert.equal(await probe.ended(), undefined);
    }
    await listener.close();
  });
}

function echo(link: Link) {
  return { frame: (bytes: Buffer) => void link.send(bytes), drained: ignore, closed: ignore };
}

async function rejectsWith(code: string, promise: Promise<unknown>): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(SkerryError.is(error), `not a coded error: ${String(error)}`);
    assert.equal(error.code, code);
    return true;
  });
}
