import { ManualClock } from '../clock/manual-clock.js';
import type { MessageCodec } from '../codec/codec.js';
import { JsonCodec } from '../codec/json-codec.js';
import type { RpcStream, StreamEvents } from '../rpc/stream.js';
import { noOptions } from './client.js';
import { OutgoingRequest } from './outgoing-request.js';
import type { PeerConnection } from './protocol.js';

const json = new JsonCodec();
const date = json.forSchema({ type: 'string', 'x-skerry-type': 'date' });
const marked: MessageCodec = {
  encode: (message) => Buffer.concat([Uint8Array.of(1), date.encode(message)]),
  decode: (bytes) => date.decode(bytes.subarray(1)),
};

test('an upload that is sent again is written anew where the other node speaks otherwise', async () => {
  const clock = new ManualClock();
  const at = new Date(5);
  const request = new OutgoingRequest([at, at], { name: 'a.b', clock }, noOptions, undefined, '0'.repeat(32));
  request.prepareUpload((cause) => {
    throw cause;
  });
  const sentTo = (codec: MessageCodec): { sent: Uint8Array[]; done: Promise<void> } => {
    const sent: Uint8Array[] = [];
    let end!: () => void;
    const done = new Promise<void>((resolve) => (end = resolve));
    const stream = {
      writable: true,
      send: (bytes: Uint8Array | undefined, last: boolean) => {
        if (bytes) sent.push(bytes);
        if (last) end();
      },
    } as unknown as RpcStream;
    const connection = { open: () => stream } as unknown as PeerConnection;
    request.send(connection, codec, Infinity, 1, {} as StreamEvents);
    return { sent, done };
  };
  const first = sentTo(marked);
  await first.done;
  expect(first.sent.map((bytes) => [bytes[0], marked.decode(bytes)])).toEqual([
    [1, at],
    [1, at],
  ]);
  const second = sentTo(date);
  await second.done;
  expect(second.sent.map((bytes) => Buffer.from(bytes).toString())).toEqual([
    `"${at.toISOString()}"`,
    `"${at.toISOString()}"`,
  ]);
});
